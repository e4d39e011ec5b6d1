"""How much time and memory one file may take, and the report on one that took more."""

from __future__ import annotations

from verifier.messages import message
from verifier.report import Report, Step
from verifier.running import Run
from verifier.verdict import Verdict

SECONDS = 2.0  # of computing: what it waits for answers, or for a core of a busy machine, does not count
WALL_SECONDS = 10.0  # by the clock, answers not counted
MEMORY = 200 * 1024 * 1024  # bytes


def too_much() -> Report:
    """For what was ended, or gave up for want of memory."""
    run = Run("")
    run.failed(Step.FORMAT, message("reading this takes more time or memory than any certificate does"), Verdict.CANNOT_CHECK)
    return run.report()


def unreadable() -> Report:
    """For what a library stumbled over in a way that nobody foresaw."""
    run = Run("")
    run.failed(Step.FORMAT, message("this file is damaged, or not what it seems to be"), Verdict.CANNOT_CHECK)
    return run.report()
