from __future__ import annotations

import contextlib
import io
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.wheels import archive, build_wheel
from zephyr_workers.network_errors import MetadataUnreadable
from zephyr_workers.remote_metadata import read_local
from zephyr_workers.remote_wheel import (
    LARGEST_TAIL,
    TAIL_SIZE,
    Member,
    Tail,
    directory_start,
    find_metadata,
    read_member,
    wanted_tail,
)

if TYPE_CHECKING:
    from pathlib import Path

NAME = "demo-1.0-py3-none-any.whl"
WHEEL = build_wheel("demo", "1.0", files={"demo/__init__.py": "x = 1\n" * 1000})
LIMIT = 1_000_000


def metadata_of(data: bytes) -> bytes:
    member = find_metadata(Tail(0, data), NAME)

    return read_member(data[member.start : member.end], member, NAME, LIMIT)


def test_metadata_is_found_and_read() -> None:
    assert metadata_of(WHEEL.data).decode() == WHEEL.metadata


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("forced", [False, True], ids=["plain", "zip64 extras"])
@pytest.mark.parametrize("seekable", [True, False], ids=["plain", "data descriptors"])
def test_the_archives_people_write_are_read(method: int, forced: bool, seekable: bool) -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return seekable

        def tell(self) -> int:
            if not seekable:
                raise OSError

            return super().tell()

    stream = Stream()

    with zipfile.ZipFile(stream, "w", method) as writer:
        writer.writestr("demo/__init__.py", b"x = 1")

        with writer.open("demo-1.0.dist-info/METADATA", "w", force_zip64=forced) as file:
            file.write(WHEEL.metadata.encode())

        writer.writestr("demo-1.0.dist-info/RECORD", b"")
        writer.comment = b"a comment"

    assert metadata_of(stream.getvalue()).decode() == WHEEL.metadata


def test_a_zip64_end_record_is_followed() -> None:
    end = WHEEL.data.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HII", WHEEL.data, end + 10)
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    last = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)

    assert metadata_of(WHEEL.data[:end] + record + locator + last).decode() == WHEEL.metadata


def test_the_directory_may_lie_before_the_tail() -> None:
    start = directory_start(Tail(0, WHEEL.data), NAME)
    short = Tail(len(WHEEL.data) - 30, WHEEL.data[-30:])

    assert directory_start(short, NAME) == start
    assert not short.holds(start)


@pytest.mark.parametrize(
    "entries",
    [
        [("demo/__init__.py", b"")],
        [("demo-1.0.dist-info/METADATA", b""), ("other-1.0.dist-info/METADATA", b"")],
        [("demo/demo-1.0.dist-info/METADATA", b"")],
    ],
    ids=["none", "two", "nested"],
)
def test_there_is_exactly_one(entries: list[tuple[str, bytes]]) -> None:
    with pytest.raises(MetadataUnreadable, match="METADATA files"):
        metadata_of(archive(entries))


def test_more_than_the_limit_is_not_inflated() -> None:
    data = archive([("demo-1.0.dist-info/METADATA", b"x" * (LIMIT + 1))])

    with pytest.raises(MetadataUnreadable, match="larger"):
        metadata_of(data)


def test_a_wheel_on_disk_is_read_with_a_directory_beyond_the_tail(tmp_path: Path) -> None:
    wheel = build_wheel("demo", "1.0", files={f"demo/{'x' * 60}{number}.py": b"" for number in range(1000)})

    assert read_local(str(wheel.write(tmp_path)), NAME, LIMIT).decode() == wheel.metadata


@given(st.data())
def test_a_changed_byte_gives_an_error_or_the_same_metadata(data: st.DataObject) -> None:
    changed = bytearray(WHEEL.data)
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] ^= data.draw(st.integers(1, 255))

    with contextlib.suppress(MetadataUnreadable):
        assert metadata_of(bytes(changed)).decode() == WHEEL.metadata


@given(st.integers(0, len(WHEEL.data)))
def test_a_cut_archive_is_an_error(length: int) -> None:
    if length == len(WHEEL.data):
        return

    with pytest.raises(MetadataUnreadable):
        metadata_of(WHEEL.data[:length])


@pytest.mark.parametrize(
    ("size", "directory", "start", "wanted"),
    [
        (10_000, 9_500, 9_000, TAIL_SIZE),
        (1_000_000, 950_000, 900_000, 112_500),
        (5_000_000, 4_900_000, 5_000_000 - LARGEST_TAIL, LARGEST_TAIL),
        (5_000_000, 4_900_000, 0, 112_500),
        (5_000_000, 2_000_000, 0, LARGEST_TAIL),
    ],
)
def test_the_next_version_is_asked_for_what_this_one_needed(
    size: int, directory: int, start: int, wanted: int
) -> None:
    assert wanted_tail(size, directory, Member(start, start + 100, 8, 90, 100, 0)) == wanted
