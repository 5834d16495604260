"""What an examination is asked, and what it finds; the two sides of the pipe between the service and its examiner."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Self

from crypto import Context
from models.rules.attachments import FileKind, FileRefusal, FileRemark


class Refused(Exception):
    """The file is not taken."""

    def __init__(self, why: FileRefusal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Order:
    """Which open files to work on, under which keys, and the version of the rules that hold."""

    file_id: str
    policy_version: str
    arrived: int
    rewritten: int
    preview: int
    arrived_key: bytes = field(repr=False)
    kept_key: bytes = field(repr=False)

    def to_json(self) -> str:
        keys = {"arrived_key": self.arrived_key.hex(), "kept_key": self.kept_key.hex()}
        return json.dumps({**vars(self), **keys})

    @classmethod
    def from_json(cls, text: str) -> Self:
        read = json.loads(text)
        keys = {name: bytes.fromhex(read[name]) for name in ("arrived_key", "kept_key")}
        return cls(**{**read, **keys})


@dataclass(frozen=True)
class Findings:
    """What a file is, whether it was written anew without its metadata, and what is to be said of it."""

    kind: FileKind
    is_rewritten: bool = False
    is_clean: bool = False
    has_preview: bool = False
    remarks: tuple[FileRemark, ...] = ()
    charset: str = ""
    """In which encoding a text stands."""

    def to_json(self) -> str:
        return json.dumps(vars(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        read = json.loads(text)
        remarks = tuple(FileRemark(code) for code in read.pop("remarks"))
        return cls(kind=FileKind(read.pop("kind")), remarks=remarks, **read)


def context_of_file(file_id: str, part: str) -> Context:
    """The one place where a file's bytes open: ``arrived``, ``content`` or ``preview`` of this attachment."""
    return Context(table="attachment", column=part, row=file_id, purpose="file")
