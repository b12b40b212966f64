"""A wheel as a list of zip members, each of its documents replaceable: what hostile wheels are made of."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support.zips import UTF8, Archive, Member, streamed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FILENAME = "demo-1.0-py3-none-any.whl"
DIST_INFO = "demo-1.0.dist-info"
METADATA = b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
WHEEL = b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
FILES: tuple[tuple[str, bytes], ...] = (
    ("demo/__init__.py", b"'''A package.'''\n"),
    ("demo/core.py", b"def main() -> int:\n    return 0\n" * 20),
    ("demo/notes.txt", b"Nothing to see here.\n"),
)
Row = tuple[str, str, str]

PRODUCERS: dict[str, Callable[[Member], Member]] = {"plain": lambda member: member, "streaming": streamed}
POSITIONS = {"first": 0, "middle": 2, "last": 1 << 30}


def member(name: str, data: bytes = b"x = 1\n") -> Member:
    """Return a member as every zip library writes it: names that are not ASCII are declared UTF-8."""
    return Member(name.encode("utf-8", "surrogatepass"), data, flags=0 if name.isascii() else UTF8)


def digest(data: bytes, algorithm: str = "sha256") -> str:
    value = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).rstrip(b"=").decode()

    return f"{algorithm}={value}"


def row(name: str, data: bytes) -> Row:
    return name, digest(data), str(len(data))


def record_text(rows: Sequence[Sequence[str]]) -> bytes:
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows(rows)

    return output.getvalue().encode("utf-8", "surrogatepass")


def wheel_members(
    files: Sequence[tuple[str, bytes]] = FILES,
    *,
    added: Sequence[Member] = (),
    position: str = "last",
    metadata: bytes | None = METADATA,
    wheel: bytes | None = WHEEL,
    entry_points: bytes | None = None,
    dist_info: str = DIST_INFO,
    rows: Callable[[list[Row]], Sequence[Sequence[str]]] | None = None,
    record: bytes | None = None,
) -> list[Member]:
    """Return the members of a wheel, right except for what is asked.

    ``added`` come at a position in the order and get rows in RECORD like all others (folders do
    not); ``rows`` changes RECORD's rows, ``record`` replaces all of it.
    """
    members = [member(name, data) for name, data in files]
    documents = {"METADATA": metadata, "WHEEL": wheel, "entry_points.txt": entry_points}
    members += [member(f"{dist_info}/{name}", data) for name, data in documents.items() if data is not None]
    place = POSITIONS[position]
    members = [*members[:place], *added, *members[place:]]
    listed = [
        row(one.name.decode("utf-8", "surrogateescape"), one.data)
        for one in members
        if not one.name.endswith(b"/")
    ]
    listed = list(dict.fromkeys(listed))
    listed.append((f"{dist_info}/RECORD", "", ""))

    if record is None:
        record = record_text(listed if rows is None else rows(listed))

    return [*members, member(f"{dist_info}/RECORD", record)]


def render(members: Sequence[Member], producer: str = "plain", archive: Archive | None = None) -> bytes:
    """Return the archive of ``members`` as the producer would write it."""
    written = tuple(PRODUCERS[producer](one) for one in members)

    return replace(archive or Archive(()), members=written).render()
