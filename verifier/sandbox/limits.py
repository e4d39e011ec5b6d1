"""How much time and memory one file may take, and the report on one that took more."""

from __future__ import annotations

from verifier.messages import message
from verifier.report import Report, Step
from verifier.running import Run
from verifier.verdict import Verdict

SECONDS = 2.0  # of an inmate's own: what it waits for answers does not count
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
