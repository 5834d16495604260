"""A device that holds keys (PKCS#11): SoftHSM, with its library as any maker's, and a token of a test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from app.pipeline.wrapped_by_token import Device
from tests.support.debian import install_from_debian

UTIL = "softhsm2-util"
LIBRARIES = tuple(
    Path(each)
    for each in (
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so",
        "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    )
)
SETTINGS = "SOFTHSM2_CONF"
TOKEN, PIN = "token-of-the-tests", "a-pin-of-the-tests"
MAKE_KEY = """
import sys
import pkcs11
library, token, pin, label = sys.argv[1:]
with pkcs11.lib(library).get_token(token_label=token).open(rw=True, user_pin=pin) as session:
    session.generate_key(pkcs11.KeyType.AES, 256, label=label, store=True)
"""


class NoDevice(Exception):
    """There is no SoftHSM here, and it could not be installed; the message says what would help."""


def library() -> Path:
    """Its library; installed from Debian where that is possible. Raises NoDevice."""
    for _turn in range(2):
        found = next((each for each in LIBRARIES if each.exists()), None)
        if found is not None and shutil.which(UTIL):
            return found
        if not install_from_debian("softhsm2"):
            break
    raise NoDevice("No SoftHSM was found: install it (Debian: apt-get install softhsm2)")


@dataclass(frozen=True)
class SoftDevice:
    """A token in a folder. Its settings stand in the environment, as those of a maker's library do."""

    library: Path
    folder: Path

    def set_up(self) -> None:
        tokens = self.folder / "tokens"
        tokens.mkdir()
        settings = self.folder / "softhsm2.conf"
        settings.write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n", encoding="utf-8")
        os.environ[SETTINGS] = str(settings)
        command = [UTIL, "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", f"{PIN}-of-the-officer"]
        subprocess.run(command, check=True, capture_output=True)

    def make_key(self, label: str) -> None:
        # As the product does, in a process of its own: no test carries the library along.
        command = [sys.executable, "-I", "-c", MAKE_KEY, str(self.library), TOKEN, PIN, label]
        subprocess.run(command, check=True, capture_output=True)

    def with_key(self, label: str) -> Device:
        """As the settings of an installation name it."""
        return Device(self.library, TOKEN, label, PIN)
