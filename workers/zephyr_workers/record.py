"""RECORD: what every file of a wheel must hash to (PEP 376, PEP 427, the binary distribution format).

The specification has installers fail unless every file is listed and hashes to what is listed.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from typing import TYPE_CHECKING, NamedTuple

from zephyr_workers.wheel_errors import InvalidWheel, visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

LARGEST_RECORD = 32 << 20
MOST_ROWS = 250_000
UNLISTED = ("RECORD", "RECORD.jws", "RECORD.p7s")
"""Files of the ``.dist-info`` folder that have no hash of their own."""

_STRONG = frozenset({"sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"})
_SIZE = re.compile(r"[0-9]{1,18}")
_BASE64 = re.compile(r"[A-Za-z0-9_-]+")


class Expected(NamedTuple):
    """What RECORD says of one file; ``digest`` as it is written there, ``size`` in bytes or None."""

    algorithm: str
    digest: str
    size: int | None


def parse_record(data: bytes, dist_info: str) -> Mapping[str, Expected]:
    """Return the rows of RECORD by path, without the row of RECORD itself.

    Raises `InvalidWheel`: ``wheel-record-unreadable`` (not UTF-8, not CSV, a row without exactly
    three columns), ``wheel-record-duplicate``, ``wheel-record-hash`` (none, or a weak one) and
    ``wheel-record-signature`` (a signature or RECORD itself has a hash).
    """
    rows: dict[str, Expected] = {}
    unlisted: set[str] = set()
    special = {f"{dist_info}/{name}" for name in UNLISTED}

    for path, digest, size in _rows(data):
        if path in rows or path in unlisted:
            raise InvalidWheel("wheel-record-duplicate", "RECORD lists it twice", entry=path)

        if path in special:
            _check_unlisted(path, digest)
            unlisted.add(path)
        else:
            rows[path] = _expected(path, digest, size)

    return rows


def _rows(data: bytes) -> Iterator[list[str]]:
    """Give the rows one by one: a list of all of them could be many times the file's size."""
    try:
        lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")

        for number, row in enumerate(csv.reader(lines, strict=True)):
            if number >= MOST_ROWS:
                raise InvalidWheel("wheel-record-unreadable", f"RECORD has more than {MOST_ROWS} rows")

            if len(row) == 3:
                yield row
            elif row:
                raise InvalidWheel(
                    "wheel-record-unreadable",
                    f"a row of RECORD has {len(row)} columns, not three",
                    entry=row[0],
                )
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidWheel("wheel-record-unreadable", f"RECORD cannot be read ({error})") from error


def _check_unlisted(path: str, digest: str) -> None:
    if digest or not path.endswith("/RECORD"):
        raise InvalidWheel("wheel-record-signature", "RECORD must not list it with a hash", entry=path)


def _expected(path: str, text: str, size: str) -> Expected:
    algorithm, _, digest = text.partition("=")

    if not digest:
        raise InvalidWheel("wheel-record-hash", "RECORD gives no hash for it", entry=path)

    if algorithm not in _STRONG:
        raise InvalidWheel(
            "wheel-record-hash", f"RECORD uses {visible(algorithm)!r}, which is too weak", entry=path
        )

    if not _BASE64.fullmatch(digest):
        raise InvalidWheel("wheel-record-hash", "RECORD gives a hash that is none", entry=path)

    if size and not _SIZE.fullmatch(size):
        raise InvalidWheel("wheel-record-unreadable", f"RECORD gives the size {visible(size)!r}", entry=path)

    return Expected(algorithm, digest, int(size) if size else None)


def check_listed(rows: Mapping[str, Expected], files: Collection[str], dist_info: str) -> None:
    """Refuse files that RECORD does not list and rows without a file."""
    unlisted = {f"{dist_info}/{name}" for name in UNLISTED}
    present = set(files)

    for path in sorted(present - rows.keys() - unlisted):
        raise InvalidWheel("wheel-record-unlisted", "RECORD does not list it", entry=path)

    for path in sorted(rows.keys() - present):
        raise InvalidWheel(
            "wheel-record-without-file", "RECORD lists it, the archive does not hold it", entry=path
        )


def check_file(path: str, expected: Expected, digest: str, size: int) -> str | None:
    """Compare one file with its row; ``digest`` is hexadecimal, in the row's algorithm.

    Return a warning where the row spells the right digest in hexadecimal, as some producers did.
    """
    if expected.size is not None and expected.size != size:
        raise InvalidWheel(
            "wheel-record-mismatch", f"it has {size} bytes, RECORD says {expected.size}", entry=path
        )

    if expected.digest == base64.urlsafe_b64encode(bytes.fromhex(digest)).rstrip(b"=").decode("ascii"):
        return None

    if expected.digest.lower() == digest:
        return f"RECORD spells the hash of {visible(path)} in hexadecimal"

    raise InvalidWheel("wheel-record-mismatch", "its contents are not what RECORD says", entry=path)


class Hashes:
    """The digests that a file needs: SHA-256, which the cache wants, and the one RECORD has."""

    def __init__(self, expected: Expected | None) -> None:
        self._sha256 = hashlib.sha256()
        other = expected is not None and expected.algorithm != "sha256"
        self._other = hashlib.new(expected.algorithm) if expected is not None and other else None

    def update(self, data: bytes) -> None:
        """Take the next piece of the file."""
        self._sha256.update(data)

        if self._other is not None:
            self._other.update(data)

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of what was taken."""
        return self._sha256.hexdigest()

    @property
    def recorded(self) -> str:
        """Hexadecimal digest in RECORD's algorithm."""
        return self.sha256 if self._other is None else self._other.hexdigest()
