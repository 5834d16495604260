"""The virus scanner, where an association runs one: asked by clamd's own protocol, believed only when it answers."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable

from app.attachments.examination.findings import Refused
from models.rules.attachments import FileRefusal

LONGEST_ANSWER = 4096


def scan(pieces: Iterable[bytes], *, address: str, timeout: float) -> None:
    """Let the scanner see a file piece by piece (INSTREAM). Raises Refused unless it answers that it found nothing."""
    try:
        with _connected(address, timeout) as scanner:
            scanner.sendall(b"zINSTREAM\0")
            for piece in pieces:
                scanner.sendall(struct.pack("!I", len(piece)) + piece)
            scanner.sendall(struct.pack("!I", 0))
            answer = _answer(scanner)
    except (OSError, ValueError):
        raise Refused(FileRefusal.UNCHECKED) from None
    if answer == b"stream: OK":
        return
    raise Refused(FileRefusal.VIRUS if answer.endswith(b" FOUND") else FileRefusal.UNCHECKED)


def _connected(address: str, timeout: float) -> socket.socket:
    if address.startswith("/"):
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        scanner.settimeout(timeout)
        try:
            scanner.connect(address)
        except OSError:
            scanner.close()
            raise
        return scanner
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout)


def _answer(scanner: socket.socket) -> bytes:
    heard = b""
    while b"\0" not in heard and len(heard) < LONGEST_ANSWER and (piece := scanner.recv(LONGEST_ANSWER)):
        heard += piece
    return heard.partition(b"\0")[0].strip()
