"""What comes packed (ZIP): looked through before anything is unpacked, and given to whoever knows its kind."""

from __future__ import annotations

import zipfile
import zlib
from typing import BinaryIO

from app.attachments.examination.findings import Findings, Refused
from app.attachments.examination.office import is_office, rewrite_office
from app.attachments.examination.open_document import is_open_document, rewrite_open_document
from models.rules.attachments import AttachmentPolicy, FileRefusal


def rewrite_packed(source: BinaryIO, target: BinaryIO, _preview: BinaryIO, policy: AttachmentPolicy) -> Findings:
    """Pack a document anew without what it tells about its makers. Raises Refused."""
    try:
        with zipfile.ZipFile(source) as packed:
            names = set(packed.namelist())
            # What is both at once is one thing to whoever examines it and another to whoever opens it.
            if is_office(names) == is_open_document(names):
                raise Refused(FileRefusal.UNKNOWN)
            rewrite = rewrite_office if is_office(names) else rewrite_open_document
            return rewrite(packed, target, policy)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        # An encrypted part, an unknown packing and a broken one are each another kind of error to the library.
        raise Refused(FileRefusal.DAMAGED) from None
