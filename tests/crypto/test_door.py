"""The door of the package offers what it says, and what stands behind it stays small."""

import ast
import sys
from pathlib import Path

import crypto

PACKAGE = Path(crypto.__file__).parent


def test_everything_the_door_names_is_there():
    for name in crypto.__all__:
        assert getattr(crypto, name) is not None


def test_the_package_stands_on_the_standard_library_and_cryptography_alone():
    allowed = {*sys.stdlib_module_names, "cryptography", "crypto"}
    for module in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            foreign = {name for name in names if name.split(".")[0] not in allowed}
            assert not foreign, f"{module.name} imports {foreign}; crypto/ knows only bytes and keys"


def test_every_public_thing_says_what_it_is():
    for name in crypto.__all__:
        thing = getattr(crypto, name)
        if callable(thing):
            assert (thing.__doc__ or "").strip(), f"{name} needs a docstring that could be read to an auditor"
