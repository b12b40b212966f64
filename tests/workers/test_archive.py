"""The archive reader against mutated archives, and against Python's own reader."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.wheel_parts import PRODUCERS, member, render, wheel_members
from tests.support.zips import Archive, Member
from zephyr_workers.archive import read_archive
from zephyr_workers.inflate import pieces
from zephyr_workers.paths import check_path, check_tree
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Callable


class Bytes:
    """A source in memory."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def read(self, offset: int, size: int) -> bytes:
        return self.data[offset : offset + size]


def strict_contents(data: bytes) -> dict[str, bytes]:
    """Read an archive with our reader, names checked as for a wheel."""
    source = Bytes(data)
    entries = read_archive(source)

    for entry in entries:
        check_path(entry.name)

    check_tree(
        [entry.name for entry in entries if not entry.is_folder],
        [entry.name[:-1] for entry in entries if entry.is_folder],
    )

    return {entry.name: b"".join(pieces(source, entry)) for entry in entries}


def standard_contents(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def streamed_contents(data: bytes) -> dict[str, bytes]:
    """Read an archive as a program does that sees it through a pipe: local headers only, from the start."""
    import struct
    import zlib

    found: dict[str, bytes] = {}
    position = 0

    while data[position : position + 4] == b"PK\x03\x04":
        _, flags, method, _, _, _, size, _, name_size, extra_size = struct.unpack_from(
            "<HHHHHLLLHH", data, position + 4
        )
        name = data[position + 30 : position + 30 + name_size].decode()
        position += 30 + name_size + extra_size

        if method == 8:
            decompressor = zlib.decompressobj(-15)
            found[name] = decompressor.decompress(data[position:])
            position = len(data) - len(decompressor.unused_data)
        else:
            found[name] = data[position : position + size]
            position += size

        if flags & 8:
            position += 16 if data[position : position + 4] == b"PK\x07\x08" else 12

    return found


WHOLE = {name: render(wheel_members(added=[member("demo/sub/", b"")]), name) for name in PRODUCERS}
ZIP64 = render(wheel_members(), archive=Archive((), zip64=True))


@pytest.mark.parametrize("producer", PRODUCERS)
def test_the_three_readings_of_an_accepted_archive_agree(producer: str) -> None:
    data = WHOLE[producer]

    assert strict_contents(data) == standard_contents(data) == streamed_contents(data)


def mutations() -> st.SearchStrategy[Callable[[bytes], bytes]]:
    """Changes of single bytes, whole fields, cuts, insertions and moved pieces."""
    place = st.floats(0, 0.999999)
    interesting = st.sampled_from(
        [
            b"\0",
            b"\xff",
            b"\xff\xff",
            b"\xff\xff\xff\xff",
            b"PK\1\2",
            b"PK\3\4",
            b"PK\5\6",
            b"PK\7\x08",
            b"\1\0\x10\0",
            b"../",
        ]
    ) | st.binary(min_size=1, max_size=8)

    def overwrite(at: float, value: bytes) -> Callable[[bytes], bytes]:
        return lambda data: (data[: int(at * len(data))] + value + data[int(at * len(data)) + len(value) :])[
            : len(data)
        ]

    def insert(at: float, value: bytes) -> Callable[[bytes], bytes]:
        return lambda data: data[: int(at * len(data))] + value + data[int(at * len(data)) :]

    def cut(at: float, length: int) -> Callable[[bytes], bytes]:
        return lambda data: data[: int(at * len(data))] + data[int(at * len(data)) + length :]

    def flip(at: float, bit: int) -> Callable[[bytes], bytes]:
        return lambda data: bytes(
            byte ^ (1 << bit) if index == int(at * len(data)) else byte for index, byte in enumerate(data)
        )

    return st.one_of(
        st.builds(overwrite, place, interesting),
        st.builds(insert, place, interesting),
        st.builds(cut, place, st.integers(1, 40)),
        st.builds(flip, place, st.integers(0, 7)),
    )


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(base=st.sampled_from([*WHOLE.values(), ZIP64]), changes=st.lists(mutations(), min_size=1, max_size=3))
def test_a_mutated_archive_is_refused_or_means_the_same_to_others(
    base: bytes, changes: list[Callable[[bytes], bytes]]
) -> None:
    data = base

    for change in changes:
        data = change(data)

    try:
        found = strict_contents(data)
    except InvalidWheel:
        return

    assert found == standard_contents(data)
    assert found == streamed_contents(data)


FIELDS = ("version", "flags", "method", "crc", "compressed_size", "size")
WIDTHS = {"version": 0xFF, "flags": 0xFFFF, "method": 0xFFFF}


@st.composite
def lying_members(draw: st.DrawFn) -> list[Member]:
    """A wheel in which some headers give other values, in one of the two places or in both."""
    members = wheel_members()

    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.integers(0, len(members) - 1))
        field = draw(st.sampled_from(FIELDS))
        top = WIDTHS.get(field, 0xFFFFFFFF)
        value = (
            draw(st.sampled_from([0, 1, 8, 20, len(members[index].data), top]) | st.integers(0, top)) & top
        )
        where = draw(st.sampled_from([Member.with_local, Member.with_central, Member.with_both]))
        members[index] = where(members[index], **{field: value})

    return members


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(members=lying_members(), producer=st.sampled_from(sorted(PRODUCERS)))
@example(members=wheel_members(), producer="plain")
def test_an_archive_with_lying_headers_is_refused_or_means_the_same_to_others(
    members: list[Member], producer: str
) -> None:
    data = render(members, producer)

    try:
        found = strict_contents(data)
    except InvalidWheel:
        return

    assert found == standard_contents(data)
    assert found == streamed_contents(data)


def test_the_largest_number_of_entries_is_read_in_reasonable_memory() -> None:
    import tracemalloc

    many = render([Member(b"a/%d" % number, b"", method=0) for number in range(20_000)])
    tracemalloc.start()
    entries = read_archive(Bytes(many))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(entries) == 20_000
    assert peak < 20_000 * 1500  # 200,000 entries stay below 300 MB
