"""A form with files in it, read as it arrives: its token first, then each piece of a file handed on and forgotten.

The usual reading of a form writes every file to the disk in clear before anything is asked. Here nothing of a file is
kept by the reading at all, and the memory that it takes does not grow with the file.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Protocol

from flask import Request, request
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData
from wtforms.validators import ValidationError

from app.pipeline.transaction import roll_back

PIECE = 64 * 1024
LARGEST_FIELD = 64 * 1024
MOST_HELD = 4 * PIECE
"""What the reading itself may hold at one time: the longest head of a part is as long as this."""
MOST_PARTS = 200
MOST_READ = 2 * 1024**3
"""A body is read to its end even when it is refused, since most browsers show their answer only then; to this end."""


class Sink(Protocol):
    """What takes the pieces of one file."""

    def write(self, piece: bytes, /) -> object:
        """Take a piece."""

    def finish(self) -> object:
        """The whole file has arrived."""


class BrokenOff(BadRequest):
    """The sending stopped on the way; nothing of it was kept."""


class _Nowhere(io.BytesIO):
    """Takes what must not be kept."""

    def write(self, piece: bytes, /) -> int:  # type: ignore[override]  # The base names any readable buffer.
        return len(piece)


class KikiteRequest(Request):
    """A request whose files, where a page reads none, are kept nowhere: not in memory, and not on the disk in clear."""

    def _get_file_stream(self, *_about: object, **_more: object) -> IO[bytes]:
        return _Nowhere()


def read_upload(new_sink: Callable[[], Sink]) -> None:
    """Read the form of this request; each chosen file goes to a sink of its own, the words to request.form.

    Raises CSRFError for a form that is not ours, before a byte of a file is taken, and BrokenOff for one that did not
    arrive as a whole. The database is let go of first: it must not wait for somebody's slow line.
    """
    roll_back()
    request.max_content_length = MOST_READ
    reading = _Reading(new_sink)
    try:
        for event in _events():
            reading.take(event)
        if not reading.is_whole:
            raise BrokenOff
        reading.check_token()
    except (CSRFError, RequestEntityTooLarge):
        read_the_rest()
        raise
    except (ValueError, LookupError, AttributeError, ClientDisconnected):
        # Whatever does not read as a form arrived in part, or was never one.
        read_the_rest()
        raise BrokenOff from None
    finally:
        # Where everybody looks for what was typed; the usual reading would find an empty line.
        vars(request).update(form=ImmutableMultiDict(reading.fields), files=ImmutableMultiDict())


def read_the_rest() -> None:
    """Let a browser finish sending, and keep nothing of it."""
    request.max_content_length = MOST_READ
    with suppress(ClientDisconnected, RequestEntityTooLarge):
        while request.stream.read(PIECE):
            pass


class _Reading:
    """How far a form was read."""

    def __init__(self, new_sink: Callable[[], Sink]) -> None:
        self.fields: dict[str, str] = {}
        self.is_whole = False
        self._new_sink = new_sink
        self._name = ""
        self._value = bytearray()
        self._sink: Sink | None = None
        self._is_file = False
        self._is_ours = False

    def take(self, event: Event) -> None:
        if isinstance(event, Field):
            self._name, self._is_file = event.name or "", False
            self._value.clear()
        elif isinstance(event, File):
            self.check_token()
            # A field of files in which nothing was chosen arrives as one file without a name.
            self._is_file, self._sink = True, self._new_sink() if event.filename else None
        elif isinstance(event, Data):
            self._take_data(event)
        elif isinstance(event, Epilogue):
            self.is_whole = True

    def _take_data(self, data: Data) -> None:
        if not self._is_file:
            self._value += data.data
            if len(self._value) > LARGEST_FIELD:
                raise RequestEntityTooLarge
            if not data.more_data:
                self.fields.setdefault(self._name, self._value.decode("utf-8", "replace"))
            return
        if self._sink is not None:
            if data.data:
                self._sink.write(data.data)
            if not data.more_data:
                self._sink.finish()
                self._sink = None

    def check_token(self) -> None:
        if self._is_ours:
            return
        try:
            validate_csrf(self.fields.get("csrf_token"))
        except ValidationError as wrong:
            raise CSRFError(str(wrong)) from None
        self._is_ours = True


def _events() -> Iterator[Event]:
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise BrokenOff
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), MOST_HELD, max_parts=MOST_PARTS)
    stream = request.stream
    while True:
        piece = stream.read(PIECE)
        decoder.receive_data(piece or None)
        while not isinstance(event := decoder.next_event(), NeedData):
            yield event
            if isinstance(event, Epilogue):
                return
