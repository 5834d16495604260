"""Writes the exact, hashed pins of each level, and of the installer itself, from the ranges in pyproject.toml.

Neither an index nor a download address stands in the files: where packages come from is the reader's own choice.
"""

import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent
COMPILE = (
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
    *("--python-version", "3.11", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate"),
    *("--custom-compile-command", "make requirements"),
)
EXTRAS = ("--extra", "hsm", "--extra", "s3")
LEVELS = {
    "run.txt": ("pyproject.toml",),
    "hsm.txt": ("pyproject.toml", "--extra", "hsm", "--constraint", "requirements/run.txt"),
    "s3.txt": ("pyproject.toml", *EXTRAS, "--constraint", "requirements/hsm.txt"),
    "test.txt": ("pyproject.toml", *EXTRAS, "--group", "test", "--constraint", "requirements/s3.txt"),
    "proof.txt": (
        *("pyproject.toml", *EXTRAS, "--group", "test", "--group", "proof"),
        *("--constraint", "requirements/test.txt"),
    ),
    "bootstrap.txt": ("--group", "bootstrap"),
}


def main(arguments: list[str]) -> None:
    """Pin each level; arguments such as ``--upgrade`` go to the resolver as they are."""
    for name, chosen in LEVELS.items():
        target = f"requirements/{name}"
        subprocess.run(  # noqa: S603  (the project's own tool, fixed arguments and those of the person who typed them)
            [*COMPILE, *chosen, "--output-file", target, *arguments], cwd=REQUIREMENTS.parent, check=True
        )
        print(f"{target} is pinned.")


if __name__ == "__main__":
    main(sys.argv[1:])
