"""A page in Debian's Chromium, headless, as a person's browser would show it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SECONDS = 90


def _chromium(*arguments: str) -> str:
    """Runs the browser in a profile of its own and answers what it printed."""
    program = shutil.which("chromium")
    assert program is not None, "Chromium is missing (Debian: apt-get install chromium)"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *_QUIET, f"--user-data-dir={profile}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def shown_page(url: str, milliseconds: int = 15_000) -> str:
    """The page's HTML after its scripts have had so much (virtual) time."""
    return _chromium(f"--virtual-time-budget={milliseconds}", "--dump-dom", url)


@contextmanager
def browser(driver: Playwright, *arguments: str) -> Iterator[Browser]:
    """Debian's Chromium driven by Playwright."""
    program = shutil.which("chromium")
    assert program is not None, "Chromium is missing (Debian: apt-get install chromium)"
    started = driver.chromium.launch(executable_path=program, args=[*_QUIET[1:], *arguments])
    try:
        yield started
    finally:
        started.close()
