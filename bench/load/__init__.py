"""Load from a second process: by wrk where it is installed, else by our own client."""

from __future__ import annotations

from bench.load.driven import Load, Measured, basic, drive

__all__ = ["Load", "Measured", "basic", "drive"]
