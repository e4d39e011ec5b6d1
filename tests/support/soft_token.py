"""A token of SoftHSM in a folder: a PKCS#11 module without hardware."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from credentials.keys.pkcs11 import Pkcs11Token

CONFIGURATION = "SOFTHSM2_CONF"  # the library reads the file that this variable names when it is loaded, once in a process
_MODULE, _LABEL, _PIN = "/usr/lib/softhsm/libsofthsm2.so", "jejak", "87654321"


def make_token(folder: Path) -> tuple[Path, Pkcs11Token]:
    """(its configuration, the token)."""
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    command = ["softhsm2-util", "--init-token", "--free", "--label", _LABEL, "--so-pin", "12345678", "--pin", _PIN]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {CONFIGURATION: str(configuration)})
    return configuration, Pkcs11Token(_MODULE, _LABEL, _PIN)
