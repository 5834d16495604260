"""What is asked of a place for sealed files, of each of them alike: the data folder, a real S3 server, and a stand-in.

The server is rclone's: another maker's, in a process of its own, which checks signatures. It keeps no earlier versions
of what it holds, so for such buckets moto stands in, inside this process and without a network.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from moto import mock_aws

from app.pipeline import object_store
from app.pipeline.file_store import DataFolderStore, FileStore, Staged, StoreGone
from app.pipeline.object_store import PART, Bucket, ObjectStore, StoreRefuses
from tests.support.object_stores import NAME, ObjectServer, line_to, object_server

LARGE = bytes(range(256)) * (2 * PART // 256) + b"the end"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    with object_server(tmp_path_factory.mktemp("objects") / "all") as running:
        yield running


@pytest.fixture
def stand_in() -> Iterator[Bucket]:
    with mock_aws():
        bucket = Bucket("a-bucket", "ours/", "", "us-east-1", 5.0, "an-access-key", "a-secret")
        object_store._client_for(bucket).create_bucket(Bucket=bucket.name)
        yield bucket


@pytest.fixture(params=["folder", "server", "stand-in"])
def store(request: pytest.FixtureRequest, tmp_path: Path, server: ObjectServer, stand_in: Bucket) -> FileStore:
    if request.param == "folder":
        return DataFolderStore(tmp_path)
    if request.param == "server":
        # moto catches what goes to Amazon; what goes to an address of ours passes.
        return ObjectStore(server.bucket(folder=f"{tmp_path.name}/"), tmp_path)
    return ObjectStore(stand_in, tmp_path)


def name_of(number: int, *, preview: bool = False) -> str:
    return f"{number:032x}" + ("-p" if preview else "")


def staged(store: FileStore, content: bytes) -> Staged:
    arriving = store.stage()
    arriving.file.write(content)
    return arriving


def keep(store: FileStore, name: str, content: bytes) -> None:
    arriving = staged(store, content)
    try:
        store.keep(arriving, name)
    finally:
        arriving.discard()


def content_of(store: FileStore, name: str) -> bytes:
    with closing(store.open(name)) as source:
        read = b""
        while piece := source.read(100_000):
            read += piece
    return read


@pytest.mark.parametrize("content", [b"s", LARGE], ids=["small", "of several parts"])
def test_what_is_kept_is_read_as_it_was(store: FileStore, content: bytes) -> None:
    keep(store, name_of(1), content)
    assert content_of(store, name_of(1)) == content


def test_what_is_not_there_is_an_error_of_a_disk(store: FileStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.open(name_of(1))


def test_what_is_removed_is_gone_alone_and_may_be_removed_again(store: FileStore) -> None:
    for name in (name_of(1), name_of(1, preview=True), name_of(2)):
        keep(store, name, b"sealed")
    for _ in range(2):
        store.remove(name_of(1))
    assert {name for name, _since in store.names()} == {name_of(1, preview=True), name_of(2)}
    with pytest.raises(FileNotFoundError):
        store.open(name_of(1))


def test_every_kept_file_is_named_with_the_moment_since_which_it_lies_there(store: FileStore) -> None:
    before = time.time()
    for number in range(3):
        keep(store, name_of(number), b"sealed")
    found = dict(store.names())
    assert set(found) == {name_of(number) for number in range(3)}
    # Some stores tell whole seconds only.
    assert all(before - 2 <= since <= time.time() + 2 for since in found.values())


def test_nothing_stays_of_what_arrived_whether_it_was_kept_or_not(store: FileStore, tmp_path: Path) -> None:
    keep(store, name_of(1), b"sealed")
    staged(store, b"never kept").discard()
    assert list((tmp_path / "arriving").glob("*")) == []
    assert [name for name, _since in store.names()] == [name_of(1)]


@pytest.mark.parametrize("name", ["", "../0", "a" * 31, "A" * 32, f"{'a' * 32}-q", f"{'a' * 32}/x"])
def test_only_a_name_of_ours_is_kept_opened_or_removed(store: FileStore, name: str) -> None:
    arriving = staged(store, b"sealed")
    for act in (lambda: store.keep(arriving, name), lambda: store.open(name), lambda: store.remove(name)):
        with pytest.raises(ValueError, match="name"):
            act()
    arriving.discard()


def test_a_line_that_breaks_at_one_part_leaves_no_half(server: ObjectServer, tmp_path: Path) -> None:
    with line_to(server, cut_at=b"partNumber=2", for_good=False) as line:
        store = ObjectStore(server.bucket(address=line.address, folder="one/"), tmp_path)
        with pytest.raises(StoreGone):
            keep(store, name_of(1), LARGE)
        # It was tried as often as is reasonable, and then given up.
        assert line.cuts == object_store.ATTEMPTS
        assert list(store.names()) == []
    assert server.halves == []


def test_a_store_that_is_gone_for_good_leaves_a_half_that_the_sweep_gives_up(
    server: ObjectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with line_to(server, cut_at=b"partNumber=2", for_good=True) as line:
        store = ObjectStore(server.bucket(address=line.address, folder="two/"), tmp_path)
        with pytest.raises(StoreGone):
            keep(store, name_of(1), LARGE)
    assert [half["Key"] for half in server.halves] == [f"two/{name_of(1)}"]
    somebody_elses = server.client.create_multipart_upload(Bucket=NAME, Key="two/a-film")
    again = ObjectStore(server.bucket(folder="two/"), tmp_path)
    assert again.sweep_halves() == 0, "a half may still be on its way"
    monkeypatch.setattr(object_store, "ABANDONED_SECONDS", -1.0)
    assert ObjectStore(server.bucket(folder="elsewhere/"), tmp_path).sweep_halves() == 0
    assert again.sweep_halves() == 1
    assert [half["Key"] for half in server.halves] == ["two/a-film"]
    server.client.abort_multipart_upload(Bucket=NAME, Key="two/a-film", UploadId=somebody_elses["UploadId"])
    assert list(again.names()) == []


def test_a_line_that_breaks_while_a_file_is_read_is_an_error_of_a_disk(server: ObjectServer, tmp_path: Path) -> None:
    content = b"x" * PART + b"the word" + b"y" * PART
    keep(ObjectStore(server.bucket(folder="read/"), tmp_path), name_of(1), content)
    with line_to(server, cut_at=b"the word", for_good=True) as line:
        store = ObjectStore(server.bucket(address=line.address, folder="read/"), tmp_path)
        with pytest.raises(StoreGone):
            content_of(store, name_of(1))


def test_a_wrong_key_is_refused_and_nothing_is_kept(server: ObjectServer, tmp_path: Path) -> None:
    store = ObjectStore(server.bucket(secret="another", folder="wrong/"), tmp_path)
    with pytest.raises(StoreRefuses, match="SignatureDoesNotMatch"):
        keep(store, name_of(1), b"sealed")
    assert list(ObjectStore(server.bucket(folder="wrong/"), tmp_path).names()) == []


def test_two_installations_in_one_bucket_and_other_peoples_files_are_left_alone(
    server: ObjectServer, tmp_path: Path
) -> None:
    ours = ObjectStore(server.bucket(folder="first/"), tmp_path / "first")
    theirs = ObjectStore(server.bucket(folder="second/"), tmp_path / "second")
    server.client.put_object(Bucket=NAME, Key="first/holiday.jpg", Body=b"a picture")
    keep(ours, name_of(1), b"sealed")
    assert [name for name, _since in ours.names()] == [name_of(1)]
    assert list(theirs.names()) == []
    with pytest.raises(FileNotFoundError):
        theirs.open(name_of(1))


def test_a_process_that_was_forked_makes_its_own_connection(
    server: ObjectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ObjectStore(server.bucket(folder="forked/"), tmp_path)
    before = store._client()
    assert store._client() is before
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert store._client() is not before


def test_a_bucket_that_keeps_earlier_versions_keeps_none_of_what_is_removed(stand_in: Bucket, tmp_path: Path) -> None:
    client = object_store._client_for(stand_in)
    client.put_bucket_versioning(Bucket=stand_in.name, VersioningConfiguration={"Status": "Enabled"})
    store = ObjectStore(stand_in, tmp_path)
    for name in (name_of(1), name_of(1, preview=True)):
        for _ in range(2):
            keep(store, name, b"sealed")
    store.remove(name_of(1))
    listed = client.list_object_versions(Bucket=stand_in.name)
    assert {one["Key"] for one in listed["Versions"]} == {f"ours/{name_of(1, preview=True)}"}
    assert len(listed["Versions"]) == 2
    assert "DeleteMarkers" not in listed
