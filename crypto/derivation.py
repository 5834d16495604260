"""Keys from keys: HKDF-SHA256 under a label for each use, and an encoding of several parts that has one reading."""

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32


def derive(material: bytes, *, label: bytes, salt: bytes = b"", length: int = KEY_BYTES) -> bytes:
    """Derive ``length`` bytes from high-entropy ``material`` for the one use that ``label`` names.

    HKDF with SHA-256 (RFC 5869); the label is its ``info``. Not for passwords: see ``passwords``.
    Raises ValueError when ``length`` is more than 8160.
    """
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=label).derive(material)


def packed(*parts: bytes) -> bytes:
    """Join the parts, each after its length as four big-endian bytes, so that no two lists of parts look alike."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def utf8(text: str) -> bytes:
    """Encode the text as UTF-8.

    Raises ValueError for a lone surrogate. The error does not carry the text, as Python's own would.
    """
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        message = "the text holds a character that UTF-8 cannot write"
    raise ValueError(message)


def demand_key(key: bytes) -> None:
    """Raise ValueError unless the key has the one length that keys have: a mistake of the program, not of its input."""
    if len(key) != KEY_BYTES:
        message = f"a key has {KEY_BYTES} bytes"
        raise ValueError(message)
