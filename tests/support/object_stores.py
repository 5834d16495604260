"""An S3 server of another maker in a process of its own (rclone), and a line to it that can be cut at a chosen word."""

from __future__ import annotations

import re
import selectors
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.pipeline.object_store import Bucket

ACCESS, SECRET = "an-access-key", "a-secret-of-the-tests"
NAME = "files-of-the-tests"
STARTS_WITHIN = 30
RCLONE = Path(sys.executable).with_name("rclone")


@dataclass
class ObjectServer:
    """A running server, or one that was stopped and can be started again at the same address."""

    folder: Path
    address: str = ""
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def start(self) -> None:
        port = self.address.rpartition(":")[2] or "0"
        (self.folder / NAME).mkdir(parents=True, exist_ok=True)
        command = [str(RCLONE), "serve", "s3", "--config", str(self.folder.with_suffix(".conf"))]
        self._process = subprocess.Popen(
            [*command, "--addr", f"127.0.0.1:{port}", "--auth-key", f"{ACCESS},{SECRET}", str(self.folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        timer = threading.Timer(STARTS_WITHIN, self._process.kill)
        timer.start()
        said = ""
        assert self._process.stderr
        for line in self._process.stderr:
            said += line
            if found := re.search(r"http://[\d.]+:\d+", line):
                self.address = found.group(0)
                break
        timer.cancel()
        timer.join()
        assert self.address, said

    def stop(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            if self._process.stderr:
                self._process.stderr.close()
            self._process = None

    def bucket(self, *, address: str = "", secret: str = SECRET, folder: str = "ours/") -> Bucket:
        return Bucket(NAME, folder, address or self.address, "us-east-1", 5.0, ACCESS, secret)

    @property
    def halves(self) -> list[dict[str, Any]]:
        """What was begun in several parts and neither finished nor given up."""
        from botocore.exceptions import ClientError

        try:
            listed: dict[str, Any] = self.client.list_multipart_uploads(Bucket=NAME)
        except ClientError as refused:
            # This server says so of a bucket in which none was ever begun.
            if refused.response["Error"]["Code"] == "NoSuchUpload":
                return []
            raise
        return list(listed.get("Uploads", ()))

    @property
    def client(self) -> Any:
        """Somebody else who asks the same server."""
        import boto3

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.address,
            region_name="us-east-1",
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
        )


@contextmanager
def object_server(folder: Path) -> Iterator[ObjectServer]:
    """A server that keeps its objects in this folder."""
    server = ObjectServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Line:
    """A line to a server; a connection on which a chosen word comes by is cut, and from then on all are if told so."""

    def __init__(self, server: ObjectServer, *, cut_at: bytes, for_good: bool) -> None:
        self._target = ("127.0.0.1", int(server.address.rpartition(":")[2]))
        self._cut_at, self._for_good = cut_at, for_good
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts = 0
        self._taken: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._take)]
        self._threads[0].start()

    def end(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        # Whoever asks keeps a connection for the next time, and would be waited for.
        for taken in self._taken:
            with suppress(OSError):
                taken.shutdown(socket.SHUT_RDWR)
        for each in self._threads:
            each.join(10)

    def _take(self) -> None:
        while True:
            try:
                ours, _ = self._listener.accept()
            except OSError:
                return
            if self._for_good and self.cuts:
                ours.close()
                continue
            self._taken.append(ours)
            carrying = threading.Thread(target=self._carry, args=(ours,))
            self._threads.append(carrying)
            carrying.start()

    def _carry(self, ours: socket.socket) -> None:
        with ours, socket.create_connection(self._target) as theirs, selectors.DefaultSelector() as watched:
            watched.register(ours, selectors.EVENT_READ, theirs)
            watched.register(theirs, selectors.EVENT_READ, ours)
            with suppress(OSError):
                while True:
                    for key, _ in watched.select(10):
                        piece = key.fileobj.recv(65536)  # type: ignore[union-attr]
                        if not piece or (self._for_good and self.cuts):
                            return
                        if self._cut_at in piece:
                            self.cuts += 1
                            return
                        key.data.sendall(piece)


@contextmanager
def line_to(server: ObjectServer, *, cut_at: bytes, for_good: bool) -> Iterator[Line]:
    """A line that is cut where this word comes by: that connection alone, or every one from then on."""
    line = Line(server, cut_at=cut_at, for_good=for_good)
    try:
        yield line
    finally:
        line.end()
