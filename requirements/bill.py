"""Writes the bill of materials of the product, CycloneDX 1.6: every pin of run.txt and s3.txt with its hashes.

The list is read from the pins themselves, which are what is installed; nothing is asked of any network.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

REQUIREMENTS = Path(__file__).resolve().parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
FORMAT = ("--spec-version", "1.6", "--output-format", "JSON", "--output-reproducible", "--validate")


class CannotWrite(Exception):
    """Says in plain words why there is no bill."""


def pins_of(name: str) -> dict[str, str]:
    """Each library of a file of pins, with its version."""
    return dict(PINNED.findall((REQUIREMENTS / name).read_text(encoding="utf-8")))


def bill_of(name: str) -> str:
    """The bill of one file of pins, as JSON. Raises CannotWrite unless every pin stands in it with a hash."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "bill.json"
        command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", *FORMAT]
        command += ["--pyproject", str(REQUIREMENTS.parent / "pyproject.toml"), "--output-file", str(target)]
        done = subprocess.run(  # noqa: S603  (a pinned tool, fixed arguments)
            [*command, str(REQUIREMENTS / name)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise CannotWrite(f"The bill could not be written:\n{done.stderr.strip()}")
        text = target.read_text(encoding="utf-8")
    listed = {
        each["name"]: each["version"]
        for each in json.loads(text).get("components", [])
        if any(reference.get("hashes") for reference in each.get("externalReferences", []))
    }
    missing = sorted(pins_of(name).items() - listed.items())
    if missing or not listed:
        raise CannotWrite(f"These pins do not stand in the bill with a hash: {missing}")
    return text


def main(arguments: list[str]) -> int:
    """Write it to the file that is named, else to bill-of-materials.json; with ``s3``, of what a bucket needs too."""
    name = "s3.txt" if "s3" in arguments else "run.txt"
    target = Path(next((each for each in arguments if each != "s3"), "bill-of-materials.json"))
    try:
        text = bill_of(name)
    except CannotWrite as why:
        print(why, file=sys.stderr)
        return 1
    target.write_text(text, encoding="utf-8")
    print(f"{target}: {len(pins_of(name))} libraries of requirements/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
