"""The work of an examination: the limits first, then one file, then one line that says what was found."""

from __future__ import annotations

import ctypes
import io
import json
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, cast

from app.attachments.examination.findings import Findings, Order, Refused, context_of_file
from crypto import StreamReader, StreamSealer
from models.rules.attachments import (
    ATTACHMENT_POLICIES,
    HEAD_BYTES,
    MEBIBYTE,
    AttachmentPolicy,
    FileKind,
    FileRefusal,
    FileRemark,
    Look,
    look_of,
)

MEMORY = 1200 * MEBIBYTE
CPU_SECONDS = 90
FILES = 32
NO_NEW_PRIVILEGES, NOT_DUMPABLE = 38, 4
"""PR_SET_NO_NEW_PRIVS and PR_SET_DUMPABLE of prctl(2)."""


class Sealing(io.RawIOBase):
    """A sealed file being written: what libraries that write to a file want to see of it."""

    def __init__(self, number: int, *, key: bytes, file_id: str, part: str) -> None:
        self._target = os.fdopen(number, "wb")
        self._sealer = StreamSealer(self._target, key=key, context=context_of_file(file_id, part))
        self._written = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._written

    def write(self, content: bytes) -> int:  # type: ignore[override]  # The base names any readable buffer.
        self._written += len(content)
        return self._sealer.write(bytes(content))

    def finish(self) -> None:
        self._sealer.finish()
        self._target.close()


Rewriting = Callable[[BinaryIO, BinaryIO, BinaryIO, AttachmentPolicy], Findings]


def main() -> int:
    """Examine the one file of the order on standard input; the findings go to standard output as one line."""
    order = Order.from_json(sys.stdin.readline())
    set_limits(most_bytes=2 * max(policy.largest for policy in ATTACHMENT_POLICIES))
    try:
        said: str = examine(order).to_json()
    except Refused as refused:
        said = json.dumps({"refused": refused.why.value})
    except (MemoryError, RecursionError):
        said = json.dumps({"refused": FileRefusal.BOMB.value})
    except Exception as failure:  # noqa: BLE001 - whatever a parser stumbles over, the service is told and goes on
        said = json.dumps({"failed": type(failure).__name__, "place": _place_of(failure)})
    sys.stdout.write(said + "\n")
    return 0


def _place_of(failure: Exception) -> str:
    """Where in our own or a library's code it happened; never its message, which may hold a person's words."""
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""


def set_limits(*, most_bytes: int) -> None:
    """Bound what a hostile file can make its parser do: memory, time, files, no further process, no core."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    # Linux alone knows these two; elsewhere there is nothing to ask for.
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        library.prctl(NOT_DUMPABLE, 0, 0, 0, 0)


def examine(order: Order) -> Findings:
    """Find out what the file is and write it anew, as its kind asks. Raises Refused."""
    policy = next(row for row in ATTACHMENT_POLICIES if row.version == order.policy_version)
    sealed = os.fdopen(order.arrived, "rb")
    reader = StreamReader(sealed, key=order.arrived_key, context=context_of_file(order.file_id, "arrived"))
    source = cast(BinaryIO, io.BufferedReader(reader, 256 * 1024))
    target = Sealing(order.rewritten, key=order.kept_key, file_id=order.file_id, part="content")
    preview = Sealing(order.preview, key=order.kept_key, file_id=order.file_id, part="preview")
    head = source.read(HEAD_BYTES)
    source.seek(0)
    findings = _rewriting_for(look_of(head))(source, cast(BinaryIO, target), cast(BinaryIO, preview), policy)
    if findings.kind not in policy.kinds:
        raise Refused(FileRefusal.RECORDING if findings.kind is FileKind.RECORDING else FileRefusal.UNKNOWN)
    target.finish()
    preview.finish()
    return findings


def _rewriting_for(look: Look | None) -> Rewriting:
    """The module for a look; each is loaded only when it is needed, since the libraries are large."""
    # ruff: noqa: PLC0415
    if look in {Look.JPEG, Look.PNG, Look.GIF, Look.WEBP}:
        from app.attachments.examination.pictures import rewrite_picture

        return rewrite_picture
    if look is Look.PDF:
        from app.attachments.examination.documents import rewrite_pdf

        return rewrite_pdf
    if look is Look.ZIP:
        from app.attachments.examination.packed import rewrite_packed

        return rewrite_packed
    if look is Look.OLE:
        from app.attachments.examination.old_office import look_into_old_office

        return look_into_old_office
    if look is Look.RECORDING:
        return lambda *_: Findings(FileKind.RECORDING, remarks=(FileRemark.UNCLEAN,))
    if look is not None:
        raise Refused(FileRefusal.HEIC if look is Look.HEIC else FileRefusal.UNKNOWN)
    from app.attachments.examination.texts import look_into_text

    return look_into_text
