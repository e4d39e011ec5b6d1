"""The load that `make bench` runs, and its last results: see docs/performance.md."""
