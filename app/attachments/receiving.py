"""Files on their way in: sealed as they arrive, refused as soon as that is clear, examined, and kept or gone."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from flask import current_app

from app.attachments.examination.findings import Findings, Order, Refused, context_of_file
from app.attachments.examiner import examine_apart
from app.attachments.scanning import scan
from app.pipeline.clock import now
from app.pipeline.file_store import FileStore, Staged, files
from app.pipeline.uploads import read_upload
from app.rulebook.queries import file_limits_at
from crypto import CannotOpen, Context, StreamReader, StreamSealer, new_key, opened_chunks
from models.rules.attachments import (
    HEAD_BYTES,
    AttachmentPolicy,
    FileRefusal,
    refused_by_its_look,
)

log = structlog.get_logger()


@dataclass(frozen=True)
class Kept:
    """A file that was taken: its bytes lie durably in the store, sealed under its own key."""

    id: uuid.UUID
    stored_as: str
    part: str
    key: bytes = field(repr=False)
    size: int
    findings: Findings


class Arriving:
    """One file on its way: sealed piece by piece, or dropped from the moment that it is refused."""

    def __init__(self, store: FileStore, policy: AttachmentPolicy) -> None:
        self.id = uuid.uuid4()
        self.refused: FileRefusal | None = None
        self.size = 0
        self.key = new_key()
        self._policy = policy
        self._head = b""
        self.staged = store.stage()
        self._sealer = StreamSealer(self.staged.file, key=self.key, context=context_of_file(self.id.hex, "arrived"))

    def write(self, piece: bytes) -> None:
        """Take the next piece."""
        if self.refused is not None:
            return
        was_seen = len(self._head) >= HEAD_BYTES
        self._head += piece[: HEAD_BYTES - len(self._head)]
        self.size += len(piece)
        if self.size > self._policy.largest or (len(self._head) >= HEAD_BYTES and not was_seen):
            self._look()
        if self.refused is None:
            self._sealer.write(piece)

    def finish(self) -> None:
        """The whole file is there."""
        if self.refused is None:
            self._look()
        if self.refused is None:
            self._sealer.finish()
            self.staged.file.flush()

    def _look(self) -> None:
        self.refused = refused_by_its_look(self._head, self.size, self._policy)
        if self.refused is not None:
            self.staged.discard()


class Reception:
    """What came with one form: the files that were kept, and why others were refused."""

    def __init__(self, store: FileStore, policy: AttachmentPolicy) -> None:
        self.kept: list[Kept] = []
        self.refused: list[FileRefusal] = []
        self._store = store
        self._policy = policy
        self._arriving: list[Arriving] = []
        self._written: list[Staged] = []
        self._names: list[str] = []

    def read(self) -> None:
        """Read the form, sealing every file as it arrives. Raises as read_upload does, and OSError for a full store."""
        read_upload(self._new)

    def examine(self) -> None:
        """Examine what arrived, one file after the other, and keep what is taken. Raises OSError for a full store."""
        for arriving in self._arriving:
            try:
                self.kept.append(self._examined(arriving))
            except Refused as refused:
                self.refused.append(refused.why)
                log.info("file_refused", kind=refused.why.value)
            arriving.staged.discard()

    def _new(self) -> Arriving:
        arriving = Arriving(self._store, self._policy)
        self._arriving.append(arriving)
        if len(self._arriving) > self._policy.most_at_once:
            arriving.refused = FileRefusal.TOO_MANY
            arriving.staged.discard()
        return arriving

    def _examined(self, arriving: Arriving) -> Kept:
        if arriving.refused is not None:
            raise Refused(arriving.refused)
        self._scan(arriving)
        rewritten, preview = self._stage(), self._stage()
        kept_key = new_key()
        findings = examine_apart(
            Order(
                file_id=arriving.id.hex,
                policy_version=self._policy.version,
                arrived=_from_its_beginning(arriving.staged),
                rewritten=rewritten.file.fileno(),
                preview=preview.file.fileno(),
                arrived_key=arriving.key,
                kept_key=kept_key,
            )
        )
        name = secrets.token_hex(16)
        if not findings.is_rewritten:
            self._keep(arriving.staged, name)
            return Kept(arriving.id, name, "arrived", arriving.key, arriving.size, findings)
        size = _length_of(rewritten, kept_key, context_of_file(arriving.id.hex, "content"))
        if findings.has_preview:
            _length_of(preview, kept_key, context_of_file(arriving.id.hex, "preview"))
            self._keep(preview, name_of_preview(name))
        self._keep(rewritten, name)
        return Kept(arriving.id, name, "content", kept_key, size, findings)

    def _keep(self, staged: Staged, name: str) -> None:
        # Noted before: a store that fails at the end may have kept it all the same.
        self._names.append(name)
        self._store.keep(staged, name)

    def _stage(self) -> Staged:
        staged = self._store.stage()
        self._written.append(staged)
        return staged

    def _scan(self, arriving: Arriving) -> None:
        config = current_app.config["KIKITE"]
        if not config.clamd:
            return
        _from_its_beginning(arriving.staged)
        context = context_of_file(arriving.id.hex, "arrived")
        pieces = opened_chunks(arriving.staged.file, key=arriving.key, context=context)
        scan(pieces, address=config.clamd, timeout=config.clamd_timeout_seconds)

    def give_back(self) -> None:
        """Take away what was kept, because nothing will name it; what cannot be taken away now is swept up later."""
        try:
            for name in self._names:
                self._store.remove(name)
        except OSError as failure:
            log.error("not_given_back", kind=type(failure).__name__)  # noqa: TRY400 - a trace holds paths

    def let_go(self) -> None:
        """Let go of every file that was not kept."""
        for staged in (*(arriving.staged for arriving in self._arriving), *self._written):
            staged.discard()


@contextmanager
def reception() -> Iterator[Reception]:
    """Receive files; when something is raised inside, nothing of them stays."""
    received = Reception(files(), file_limits_at(now()))
    try:
        yield received
    except BaseException:
        received.give_back()
        raise
    finally:
        received.let_go()


def name_of_preview(stored_as: str) -> str:
    """Under which name the preview of a kept file lies."""
    return f"{stored_as}-p"


def _from_its_beginning(staged: Staged) -> int:
    staged.file.seek(0)
    return staged.file.fileno()


def _length_of(staged: Staged, key: bytes, context: Context) -> int:
    """How much an examiner wrote. Raises Refused for what is not a whole sealed file under the key it was given."""
    # Opened anew: the examiner moved the place in the file that is open here.
    try:
        with staged.path.open("rb") as written:
            length = StreamReader(written, key=key, context=context).length
    except CannotOpen:
        raise Refused(FileRefusal.DAMAGED) from None
    if length == 0:
        raise Refused(FileRefusal.DAMAGED)
    return length
