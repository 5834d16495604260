"""Installs exactly what run.txt, hsm.txt, s3.txt, test.txt or proof.txt pins into .venv.

Only the standard library is needed. uv does it in seconds. Where uv cannot run or cannot reach what pip can, plain pip
does the same, slowly.
Nothing happens when the pins have not changed since the last time.
"""

import ast
import hashlib
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"

LEVELS = ("run", "hsm", "s3", "test", "proof")
"""Each holds what the one before it holds: the product, a device for keys, a bucket for files, tests, audit."""

UV_BY_PIP_SETTING = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
}
"""uv does not read pip's configuration, so what a person told pip is handed on."""
PIP_SECTIONS = (":env:", "install", "global")
"""Where pip looks for a setting, the strongest first."""


class CannotInstall(Exception):
    """Says in plain words what is missing on this machine."""


def stamp_of(level: str) -> str:
    """What the stamp holds after a complete install: the interpreter, the level and a digest of the pins."""
    pins = b"".join((REQUIREMENTS / name).read_bytes() for name in ("bootstrap.txt", f"{level}.txt"))
    return f"{VENV.resolve()} {level} {hashlib.sha256(pins).hexdigest()}"


def installed(level: str) -> bool:
    """Whether .venv already holds the level's pins, by themselves or within those of a later level."""
    if not (STAMP.is_file() and VENV_PYTHON.exists()):
        return False
    return STAMP.read_text(encoding="utf-8") in {stamp_of(each) for each in LEVELS[LEVELS.index(level) :]}


def level_there() -> str:
    """What was installed the last time, whatever its pins were."""
    said = STAMP.read_text(encoding="utf-8").split()[-2:-1] if STAMP.is_file() else []
    return next((each for each in said if each in LEVELS), LEVELS[0])


def make_venv() -> None:
    """Make .venv, or keep a working one."""
    works = VENV_PYTHON.exists() and _succeeds([str(VENV_PYTHON), "-m", "pip", "--version"], quiet=True)
    if works:
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    if _succeeds([sys.executable, "-m", "venv", str(VENV)], quiet=True):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("uv") and _succeeds(["uv", "venv", "--quiet", "--seed", "--python", sys.executable, str(VENV)]):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if _succeeds([sys.executable, "-m", "virtualenv", "--quiet", str(VENV)], quiet=True):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise CannotInstall(
        f"This Python {version} cannot make a virtual environment: its venv or ensurepip module is missing.\n"
        f"On Debian and Ubuntu:  apt-get install python{version}-venv\n"
        "venv モジュールがありません。上のコマンドで入れてから、もう一度お試しください。"
    )


def uv_environment() -> dict[str, str]:
    """The environment for uv, with pip's settings added wherever uv has been told nothing itself."""
    environment = dict(os.environ)
    listed = subprocess.run(  # noqa: S603  (our own interpreter, fixed arguments)
        [str(VENV_PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    told = {}
    for line in listed.stdout.splitlines():
        key, _, quoted = line.partition("=")
        section, _, setting = key.rpartition(".")
        told[section, setting] = quoted
    for (setting, uv_name), section in itertools.product(UV_BY_PIP_SETTING.items(), PIP_SECTIONS):
        if uv_name not in environment and (section, setting) in told:
            environment[uv_name] = " ".join(str(ast.literal_eval(told[section, setting])).split())
    if "UV_FIND_LINKS" in environment:
        environment["UV_FIND_LINKS"] = ",".join(environment["UV_FIND_LINKS"].replace(",", " ").split())
    # Every file is pinned by hash, so it does not matter which index it comes from.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return environment


def install_with_uv(level: str) -> bool:
    """Install by uv; False when uv itself cannot be had or does not succeed."""
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    if not _succeeds([*pip, "-r", str(REQUIREMENTS / "bootstrap.txt")]):
        return False
    uv = [str(VENV_PYTHON), "-m", "uv", "pip", "sync", "--quiet", "--python", str(VENV_PYTHON), "--require-hashes"]
    # The installer's own pin is synced too: otherwise uv would remove itself.
    pins = [str(REQUIREMENTS / "bootstrap.txt"), str(REQUIREMENTS / f"{level}.txt")]
    return _succeeds([*uv, *pins], environment=uv_environment())


def install_with_pip(level: str) -> bool:
    """Install by plain pip, which honours its whole configuration and takes some minutes."""
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--require-hashes"]
    return _succeeds([*pip, "--progress-bar", "off", "-r", str(REQUIREMENTS / f"{level}.txt")])


def install(level: str) -> None:
    """Bring .venv to the level's pins."""
    print("Setting up .venv … / 準備しています(初回だけ、少し時間がかかります)", flush=True)
    make_venv()
    # What is there for more than this stays there when only the product is started.
    wanted = max(level, level_there(), key=LEVELS.index)
    STAMP.unlink(missing_ok=True)
    if not install_with_uv(wanted):
        print("uv could not install the packages; trying plain pip, which takes longer.", file=sys.stderr, flush=True)
        if not install_with_pip(wanted):
            raise CannotInstall(
                "The packages could not be installed; the lines above say why. Without a network, point pip at a\n"
                "folder or an index that has them (pip.conf, or PIP_FIND_LINKS / PIP_INDEX_URL) and try again.\n"
                "パッケージを入れられませんでした。ネットワークの接続か、pip の設定をご確認ください。"
            )
    STAMP.write_text(stamp_of(wanted), encoding="utf-8")


def _succeeds(command: list[str], *, environment: dict[str, str] | None = None, quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(command, env=environment, stdout=output, stderr=output, check=False)  # noqa: S603
    except OSError:
        return False
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Take the level and tell by the exit status whether it is there."""
    if len(arguments) != 1 or arguments[0] not in LEVELS:
        print(f"Usage: install.py {'|'.join(LEVELS)}", file=sys.stderr)
        return 2
    if installed(arguments[0]):
        return 0
    try:
        install(arguments[0])
    except CannotInstall as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
