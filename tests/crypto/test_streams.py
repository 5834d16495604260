"""An attachment comes back whole, or a break in it is noticed, in memory that does not grow with it."""

import hashlib
import io
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import (
    CHUNK_BYTES,
    CannotOpen,
    Context,
    StreamReader,
    StreamSealer,
    new_key,
    open_stream,
    opened_chunks,
    seal,
    seal_stream,
)

KEY = bytes(range(32))
CONTEXT = Context(table="attachments", column="file", row="0123456789abcdef0123456789abcdef", purpose="attachment")
HEADER = 40
SEALED_CHUNK = CHUNK_BYTES + 16


def sealed(content, *, key=KEY, context=CONTEXT):
    target = io.BytesIO()
    assert seal_stream(io.BytesIO(content), target, key=key, context=context) == len(content)
    return target.getvalue()


def opened(stream, *, key=KEY, context=CONTEXT):
    target = io.BytesIO()
    length = open_stream(io.BytesIO(stream), target, key=key, context=context)
    assert length == len(target.getvalue())
    return target.getvalue()


def pattern(length):
    return (bytes(range(251)) * (length // 251 + 1))[:length]


def chunks_of(stream):
    return [stream[start : start + SEALED_CHUNK] for start in range(HEADER, len(stream), SEALED_CHUNK)]


@pytest.mark.parametrize(
    "length",
    [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7],
)
def test_content_of_any_length_comes_back_as_it_was(length):
    content = pattern(length)
    stream = sealed(content)

    assert opened(stream) == content
    assert len(stream) == HEADER + length + 16 * max(1, -(-length // CHUNK_BYTES))


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_content_cut_into_small_chunks_comes_back_as_it_was(content):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crypto.streams.CHUNK_BYTES", 16)
        assert opened(sealed(content)) == content


@pytest.mark.parametrize("number", [0, 1])
def test_frozen_streams_still_open(vectors, number):
    frozen = vectors("stream")
    case = frozen["cases"][number]

    content = opened(
        bytes.fromhex(case["sealed"]), key=bytes.fromhex(frozen["key"]), context=Context(**frozen["context"])
    )

    assert content.decode() == case["text"]


def test_sealing_with_the_frozen_randomness_gives_the_frozen_long_stream(vectors, monkeypatch):
    frozen = vectors("stream")
    content = bytes(range(256)) * 512 + b"the end"
    drawn = bytes.fromhex(frozen["long"]["random"])
    monkeypatch.setattr("crypto.streams.secrets.token_bytes", lambda length: drawn[:length])

    stream = sealed(content, key=bytes.fromhex(frozen["key"]), context=Context(**frozen["context"]))

    assert len(content) == frozen["long"]["bytes"]
    assert hashlib.sha256(stream).hexdigest() == frozen["long"]["sha256_of_sealed"]


class Trickle(io.RawIOBase):
    """A source that gives less than it is asked for, as pipes and sockets do."""

    def __init__(self, content):
        self._left = io.BytesIO(content)

    def read(self, size=-1):
        return self._left.read(min(size, 1000))


def test_a_source_that_trickles_is_read_like_any_other():
    content = pattern(CHUNK_BYTES + 5000)
    target = io.BytesIO()

    seal_stream(Trickle(content), target, key=KEY, context=CONTEXT)

    assert b"".join(opened_chunks(Trickle(target.getvalue()), key=KEY, context=CONTEXT)) == content
    assert len(target.getvalue()) == HEADER + len(content) + 2 * 16


def test_chunks_come_one_by_one_and_none_is_empty():
    lengths = [len(chunk) for chunk in opened_chunks(io.BytesIO(sealed(pattern(150_000))), key=KEY, context=CONTEXT)]

    assert lengths == [CHUNK_BYTES, CHUNK_BYTES, 150_000 - 2 * CHUNK_BYTES]
    assert list(opened_chunks(io.BytesIO(sealed(b"")), key=KEY, context=CONTEXT)) == []


class Endless(io.RawIOBase):
    """A source of many zeros that are not kept anywhere."""

    def __init__(self, length):
        self._left = length

    def read(self, size=-1):
        size = min(size, self._left)
        self._left -= size
        return bytes(size)


class Nowhere(io.RawIOBase):
    """A target that keeps nothing."""

    def write(self, piece):
        return len(piece)


def test_memory_does_not_grow_with_the_content():
    tracemalloc.start()
    try:
        seal_stream(Endless(8 * 1024 * 1024), Nowhere(), key=KEY, context=CONTEXT)
        _, most_while_sealing = tracemalloc.get_traced_memory()
        stream = sealed(bytes(4 * 1024 * 1024))
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        source = io.BytesIO(stream)
        for _chunk in opened_chunks(source, key=KEY, context=CONTEXT):
            pass
        _, most_while_opening = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most_while_sealing < 10 * CHUNK_BYTES
    assert most_while_opening - before < 10 * CHUNK_BYTES


def test_flipping_any_byte_of_a_short_stream_keeps_it_shut():
    stream = sealed(b"short")

    for place in range(len(stream)):
        altered = bytearray(stream)
        altered[place] ^= 0x01
        with pytest.raises(CannotOpen):
            opened(bytes(altered))


@pytest.mark.parametrize(
    "place", [0, 1, 32, 33, 39, 40, 70_000, HEADER + SEALED_CHUNK - 1, HEADER + SEALED_CHUNK, -17, -1]
)
def test_flipping_a_byte_of_a_long_stream_is_noticed(place):
    altered = bytearray(sealed(pattern(2 * CHUNK_BYTES + 100)))
    altered[place] ^= 0x80

    with pytest.raises(CannotOpen):
        opened(bytes(altered))


def test_a_stream_cut_off_at_any_length_is_noticed(monkeypatch):
    monkeypatch.setattr("crypto.streams.CHUNK_BYTES", 16)
    stream = sealed(pattern(100))

    for length in range(len(stream)):
        with pytest.raises(CannotOpen):
            opened(stream[:length])


@pytest.mark.parametrize("length", [CHUNK_BYTES, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES, 2 * CHUNK_BYTES + 5])
def test_a_stream_cut_off_between_chunks_is_noticed(length):
    stream = sealed(pattern(length))

    with pytest.raises(CannotOpen):
        opened(stream[: HEADER + (len(chunks_of(stream)) - 1) * SEALED_CHUNK])
    with pytest.raises(CannotOpen):
        opened(stream[:HEADER])


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (0, 2, 1, 3), (3, 1, 2, 0), (0, 1, 3, 2), (2, 1, 0, 3)])
def test_chunks_in_another_order_are_noticed(order):
    stream = sealed(pattern(4 * CHUNK_BYTES))
    chunks = chunks_of(stream)

    with pytest.raises(CannotOpen):
        opened(stream[:HEADER] + b"".join(chunks[number] for number in order))


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_a_missing_chunk_is_noticed(missing):
    stream = sealed(pattern(4 * CHUNK_BYTES))
    chunks = chunks_of(stream)
    del chunks[missing]

    with pytest.raises(CannotOpen):
        opened(stream[:HEADER] + b"".join(chunks))


@pytest.mark.parametrize("repeated", [0, 1, 2, 3])
def test_a_repeated_chunk_is_noticed(repeated):
    stream = sealed(pattern(4 * CHUNK_BYTES))
    chunks = chunks_of(stream)
    chunks.insert(repeated, chunks[repeated])

    with pytest.raises(CannotOpen):
        opened(stream[:HEADER] + b"".join(chunks))


@pytest.mark.parametrize("length", [0, 5, CHUNK_BYTES, CHUNK_BYTES + 5])
@pytest.mark.parametrize("appended", [b"\0", bytes(16), bytes(SEALED_CHUNK)])
def test_appended_bytes_are_noticed(length, appended):
    with pytest.raises(CannotOpen):
        opened(sealed(pattern(length)) + appended)


def test_chunks_of_two_streams_do_not_mix():
    one, other = sealed(pattern(3 * CHUNK_BYTES)), sealed(pattern(3 * CHUNK_BYTES))
    mixed = [chunks_of(one)[0], chunks_of(other)[1], chunks_of(one)[2]]

    with pytest.raises(CannotOpen):
        opened(one[:HEADER] + b"".join(mixed))


def test_an_empty_end_after_other_chunks_is_refused():
    """Only the holder of the key could write it, and even so there is one form for each content."""
    target = io.BytesIO()
    sealer = StreamSealer(target, key=KEY, context=CONTEXT)
    sealer._seal(pattern(CHUNK_BYTES), last=False)
    sealer.finish()
    stream = target.getvalue()

    with pytest.raises(CannotOpen):
        opened(stream)


def test_nothing_at_all_is_no_stream():
    with pytest.raises(CannotOpen):
        opened(b"")


def test_another_key_does_not_open_the_stream():
    with pytest.raises(CannotOpen):
        opened(sealed(b"content"), key=new_key())


@pytest.mark.parametrize("part", ["table", "column", "row", "purpose"])
def test_an_attachment_moved_to_another_place_does_not_open(part):
    with pytest.raises(CannotOpen):
        opened(sealed(b"content"), context=replace(CONTEXT, **{part: getattr(CONTEXT, part) + "x"}))


def test_a_sealed_value_is_no_stream():
    with pytest.raises(CannotOpen):
        opened(seal(b"content", key=KEY, context=CONTEXT))


def test_what_was_given_before_a_break_is_genuine():
    content = pattern(3 * CHUNK_BYTES)
    stream = bytearray(sealed(content))
    stream[-1] ^= 1
    chunks = opened_chunks(io.BytesIO(bytes(stream)), key=KEY, context=CONTEXT)

    assert next(chunks) + next(chunks) == content[: 2 * CHUNK_BYTES]
    with pytest.raises(CannotOpen):
        next(chunks)


def test_more_chunks_than_the_counter_holds_are_refused(monkeypatch):
    monkeypatch.setattr("crypto.streams._MOST_CHUNKS", 2)
    long = pattern(2 * CHUNK_BYTES + 1)

    with pytest.raises(ValueError, match="too large"):
        sealed(long)
    monkeypatch.undo()
    stream = sealed(long)
    monkeypatch.setattr("crypto.streams._MOST_CHUNKS", 2)
    with pytest.raises(CannotOpen):
        opened(stream)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_wrong_length_is_a_mistake_of_the_program(length):
    with pytest.raises(ValueError, match="32 bytes"):
        sealed(b"", key=bytes(length))
    with pytest.raises(ValueError, match="32 bytes"):
        opened(b"", key=bytes(length))


@pytest.mark.parametrize("pieces", [1, 7, 1000, CHUNK_BYTES, CHUNK_BYTES + 1])
@pytest.mark.parametrize("length", [0, 1, CHUNK_BYTES, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 9])
def test_what_is_sealed_as_it_arrives_opens_whatever_the_size_of_the_pieces(length, pieces):
    content = pattern(length) if pieces > 1 else pattern(min(length, 5000))
    target = io.BytesIO()
    sealer = StreamSealer(target, key=KEY, context=CONTEXT)
    for start in range(0, len(content), pieces):
        sealer.write(content[start : start + pieces])
    assert sealer.finish() == len(content)

    assert opened(target.getvalue()) == content


def test_what_was_not_finished_does_not_open():
    target = io.BytesIO()
    StreamSealer(target, key=KEY, context=CONTEXT).write(pattern(3 * CHUNK_BYTES))

    with pytest.raises(CannotOpen):
        opened(target.getvalue())
    with pytest.raises(CannotOpen):
        StreamReader(io.BytesIO(target.getvalue()), key=KEY, context=CONTEXT)


@pytest.mark.parametrize("length", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7])
def test_a_reader_finds_every_place(length):
    content = pattern(length)
    reader = io.BufferedReader(StreamReader(io.BytesIO(sealed(content)), key=KEY, context=CONTEXT))

    assert reader.read() == content
    for place in (0, length // 2, max(0, length - 3), max(0, CHUNK_BYTES - 2)):
        assert reader.seek(place) == place
        assert reader.read(5) == content[place : place + 5]
    assert reader.seek(-min(4, length), io.SEEK_END) == length - min(4, length)
    assert reader.read() == content[length - min(4, length) :]


@pytest.mark.parametrize("change", ["key", "context", "cut", "cut_chunk", "swapped", "flipped", "longer"])
def test_a_reader_gives_no_byte_that_is_not_genuine(change):
    content = pattern(3 * CHUNK_BYTES + 7)
    stream, key, context = sealed(content), KEY, CONTEXT
    chunks = chunks_of(stream)
    if change == "key":
        key = new_key()
    elif change == "context":
        context = replace(CONTEXT, row="f" * 32)
    elif change == "cut":
        stream = stream[:-1]
    elif change == "cut_chunk":
        stream = stream[:HEADER] + b"".join(chunks[:-1])
    elif change == "swapped":
        stream = stream[:HEADER] + chunks[1] + chunks[0] + b"".join(chunks[2:])
    elif change == "flipped":
        stream = stream[: HEADER + 5] + bytes([stream[HEADER + 5] ^ 1]) + stream[HEADER + 6 :]
    else:
        stream += bytes(20)

    with pytest.raises(CannotOpen):
        StreamReader(io.BytesIO(stream), key=key, context=context).readall()
