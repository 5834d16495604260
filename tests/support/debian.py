"""Programs that the suite needs and no wheel holds, from Debian, where we are root and have apt-get."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

QUEUE = Path(tempfile.gettempdir()) / "kikite-apt.lock"
"""apt-get refuses to work beside another apt-get, and parts of the suite may each want something."""


def install_from_debian(*packages: str) -> bool:
    """Install packages; tell whether that was done."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with QUEUE.open("a") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        for arguments in (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", *packages)):
            done = subprocess.run([apt, *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)
            if done.returncode != 0:
                return False
    return True
