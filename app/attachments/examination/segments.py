"""Pictures inside documents: their notes are cut out and the dots stay as they are, byte for byte."""

from __future__ import annotations

_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
# Of the application's segments only two are needed to show the colours rightly: JFIF (0) and Adobe's (14).
_NOTES = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})

_PNG_MARK = b"\x89PNG\r\n\x1a\n"
_PNG_NOTES = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})


def without_notes(picture: bytes) -> bytes:
    """A JPEG or PNG without place, device, time and comments; what is neither, or ends oddly, comes back as it is."""
    try:
        if picture[:2] == b"\xff\xd8":
            return _jpeg(picture)
        if picture[:8] == _PNG_MARK:
            return _png(picture)
    except IndexError:
        return picture
    return picture


def _jpeg(picture: bytes) -> bytes:
    kept, place = [picture[:2]], 2
    while True:
        if picture[place] != 0xFF:  # noqa: PLR2004 - every marker of the format begins so
            return picture
        marker = picture[place + 1]
        if marker in {_SCAN, _END}:
            return b"".join([*kept, picture[place:]])
        length = 0 if marker in _WITHOUT_LENGTH else (picture[place + 2] << 8) + picture[place + 3]
        after = place + 2 + length
        if marker not in _NOTES:
            kept.append(picture[place:after])
        place = after


def _png(picture: bytes) -> bytes:
    kept, place = [picture[:8]], 8
    while place < len(picture):
        length = int.from_bytes(picture[place : place + 4], "big")
        after = place + 12 + length
        name = picture[place + 4 : place + 8]
        if name not in _PNG_NOTES:
            kept.append(picture[place:after])
        if name == b"IEND":
            break
        place = after
    return b"".join(kept)
