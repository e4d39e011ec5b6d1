"""What a start does not need is not imported."""

from __future__ import annotations

import subprocess
import sys


def test_without_mongodb_its_driver_is_not_imported() -> None:
    code = "import sys, jejak.composition, jejak.cli.app; sys.exit('pymongo' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
