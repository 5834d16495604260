"""Files in a bucket of any S3-compatible store: put there part by part in constant memory, gone when they are removed.

The library is loaded with the first file, by each process for itself. What arrives still arrives on this machine, since
a file is examined before it is kept. A file of several parts is there when the last part is; until then the store holds
a half that nobody can read, which is given up at once when something fails, and by the sweep when the process died.
"""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from app.pipeline.file_store import ArrivingHere, Staged, StoreGone, demand_name, is_a_name

# ruff: noqa: PLC0415 - the library is loaded by the process that needs it, when it does

PART = 8 * 1024 * 1024
CONNECT_SECONDS = 5.0
ATTEMPTS = 3
ABANDONED_SECONDS = 3600.0
"""A half that is older belongs to nobody any more: far longer than any request that is still under way."""
NOT_THERE = frozenset({"NoSuchKey", "NoSuchUpload", "404"})
NO_VERSIONS = frozenset({"NotImplemented", "MethodNotAllowed"})


class StoreRefuses(OSError):
    """The store answers, and does not do what it is asked."""


@dataclass(frozen=True)
class Bucket:
    """Where a store is, and who asks it; without an address it is Amazon's own, without keys the machine's own role."""

    name: str
    folder: str
    """Before the names of this installation, so that two of them in one bucket leave each other's files alone."""
    endpoint: str
    region: str
    timeout_seconds: float
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)


class ObjectStore(ArrivingHere):
    """Sealed files in a bucket."""

    is_far = True

    def __init__(self, bucket: Bucket, folder: Path) -> None:
        super().__init__(folder)
        self._bucket = bucket
        self.place = f"{bucket.name}/{bucket.folder}"
        self._connecting = threading.Lock()
        self._connected: tuple[int, Any] | None = None

    def keep(self, staged: Staged, name: str) -> None:
        staged.file.flush()
        with _asking():
            self._client().upload_file(str(staged.path), self._bucket.name, self._key(name), Config=_part_by_part())

    def open(self, name: str) -> BinaryIO:
        with _asking():
            answer = self._client().get_object(Bucket=self._bucket.name, Key=self._key(name))
        return cast(BinaryIO, _Reading(answer["Body"]))

    def remove(self, name: str) -> None:
        key = self._key(name)
        with _asking():
            client = self._client()
            client.delete_object(Bucket=self._bucket.name, Key=key)
            # In a bucket that keeps what was there before, that only hid the file.
            for version in self._versions_of(key):
                client.delete_object(Bucket=self._bucket.name, Key=key, VersionId=version)

    def names(self) -> Iterator[tuple[str, float]]:
        for one in self._listed("list_objects_v2", "Contents"):
            name = one["Key"].removeprefix(self._bucket.folder)
            if is_a_name(name):
                yield name, one["LastModified"].timestamp()

    def sweep_halves(self) -> int:
        # One that is not there any more was given up by somebody quicker; some stores say the same of an empty list.
        with suppress(FileNotFoundError):
            return sum(self._given_up(half) for half in list(self._listed("list_multipart_uploads", "Uploads")))
        return 0

    def _given_up(self, half: dict[str, Any]) -> bool:
        is_ours = is_a_name(half["Key"].removeprefix(self._bucket.folder))
        # The age of a half is the machines' matter; a moved clock does not make it older.
        if not is_ours or time.time() - half["Initiated"].timestamp() <= ABANDONED_SECONDS:
            return False
        named = {"Key": half["Key"], "UploadId": half["UploadId"]}
        with suppress(FileNotFoundError), _asking():
            self._client().abort_multipart_upload(Bucket=self._bucket.name, **named)
        return True

    def _key(self, name: str) -> str:
        demand_name(name)
        return self._bucket.folder + name

    def _listed(self, what: str, part: str) -> Iterator[dict[str, Any]]:
        with _asking():
            pages = self._client().get_paginator(what).paginate(Bucket=self._bucket.name, Prefix=self._bucket.folder)
            for page in pages:
                yield from page.get(part, ())

    def _versions_of(self, key: str) -> list[str]:
        from botocore.exceptions import ClientError

        client = self._client()
        try:
            if not client.get_bucket_versioning(Bucket=self._bucket.name).get("Status"):
                return []
        except ClientError as refused:
            if _code_of(refused) in NO_VERSIONS:
                return []
            raise
        pages = client.get_paginator("list_object_versions").paginate(Bucket=self._bucket.name, Prefix=key)
        found = [one for page in pages for part in ("Versions", "DeleteMarkers") for one in page.get(part, ())]
        return [one["VersionId"] for one in found if one["Key"] == key]

    def _client(self) -> Any:
        with self._connecting:
            # A connection belongs to the process that made it; workers part from one that may have made some.
            if self._connected is None or self._connected[0] != os.getpid():
                self._connected = os.getpid(), _client_for(self._bucket)
            return self._connected[1]


class _Reading(io.RawIOBase):
    """A kept file as it comes over the network; what the network does wrong is an OSError like a disk's."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # The base names any writable buffer.
        with _asking():
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._body.close()
        super().close()


def _client_for(bucket: Bucket) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        "s3",
        endpoint_url=bucket.endpoint or None,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=bucket.timeout_seconds,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            # Only Amazon's own store knows the newer sums; each chunk of a sealed file proves itself anyway.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if bucket.endpoint else "auto"},
        ),
    )


def _part_by_part() -> Any:
    from boto3.s3.transfer import TransferConfig

    # One part after the other in this thread: a worker that holds several of them would grow by as many.
    return TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)


@contextmanager
def _asking() -> Iterator[None]:
    """Whatever the library finds wrong, its callers see what they see of a disk."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as failure:
        # What fails while a file is put there comes wrapped.
        cause = failure.__context__ if isinstance(failure, Boto3Error) else failure
        if not isinstance(cause, ClientError):
            raise StoreGone(type(failure).__name__) from None
        if _code_of(cause) in NOT_THERE:
            raise FileNotFoundError from None
        raise StoreRefuses(_code_of(cause)) from None


def _code_of(refused: Any) -> str:
    return str(refused.response.get("Error", {}).get("Code", ""))
