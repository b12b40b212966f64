r"""Small values by string key: responses, metadata, facts about interpreters.

A record is one file, written whole::

    b"zephyr-record 1\n"  SHA-256 of the rest (32 bytes)  length of the key (4 bytes, big-endian)  key  data

A file that is torn, damaged or not the record of its key is a miss, and is removed.
"""

from __future__ import annotations

import os

from zephyr_cache import layout
from zephyr_cache.atomic import write_whole
from zephyr_cache.digest import sha256
from zephyr_cache.errors import is_damage

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr_cache.staging import Staging

_MAGIC = b"zephyr-record 1\n"
_DIGEST_END = len(_MAGIC) + 32
_KEY_START = _DIGEST_END + 4


class Records:
    """The buckets of records below one root."""

    def __init__(self, root: str, staging: Staging) -> None:
        self._root = root
        self._staging = staging

    def read(self, bucket: str, key: str) -> bytes | None:
        """Give the bytes last written under ``key``; None when there are none that can be believed."""
        path = layout.record_path(self._root, bucket, key)
        record = read_record(path)
        if record is None:
            return None

        stored_key, data = record
        if stored_key != key:
            _remove(path)
            return None

        return data

    def write(self, bucket: str, key: str, data: bytes) -> None:
        """Keep ``data`` under ``key``, replacing what was there. Raises `OSError`."""
        path = layout.record_path(self._root, bucket, key)
        write_whole(self._staging.folder(), path, encode(key, data))

    def read_part(self, bucket: str, key: str, start: int, end: int) -> bytes | None:
        """Give a part of the bytes under ``key``, unproven; None when it cannot be read."""
        path = layout.record_path(self._root, bucket, key)
        first = _KEY_START + len(_name(key)) + start
        try:
            with open(path, "rb", buffering=0) as stream:
                stream.seek(first)
                part = stream.read(end - start)
        except OSError:
            return None

        return part if len(part) == end - start else None

    def holds(self, bucket: str, key: str) -> bool:
        """Tell whether there is a record of ``key``, be it damaged."""
        return os.path.lexists(layout.record_path(self._root, bucket, key))

    def forget(self, bucket: str, key: str) -> None:
        """Remove the record of ``key``, if there is one."""
        _remove(layout.record_path(self._root, bucket, key))

    def entries(self, bucket: str) -> Iterator[tuple[str, bytes]]:
        """Give every key and its bytes, in no order."""
        for path in record_files(layout.bucket_folder(self._root, bucket)):
            record = read_record(path)
            if record is not None:
                yield record


def encode(key: str, data: bytes) -> bytes:
    """Give the content of the file that keeps ``data`` under ``key``."""
    name = _name(key)
    body = len(name).to_bytes(4, "big") + name + data
    return _MAGIC + sha256(body) + body


def _name(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def decode(content: bytes) -> tuple[str, bytes] | None:
    """Undo `encode`; None for anything that is not exactly what it makes."""
    if not content.startswith(_MAGIC) or len(content) < _KEY_START:
        return None

    body = memoryview(content)[_DIGEST_END:]
    if sha256(body) != content[len(_MAGIC) : _DIGEST_END]:
        return None

    data_start = _KEY_START + int.from_bytes(body[:4], "big")
    if data_start > len(content):
        return None

    key = content[_KEY_START:data_start].decode("utf-8", "surrogatepass")
    return key, content[data_start:]


def read_record(path: str) -> tuple[str, bytes] | None:
    """Read one file; a damaged one is removed. None when there is nothing to believe."""
    try:
        with open(path, "rb", buffering=0) as stream:
            content = stream.readall()
    except FileNotFoundError:
        return None
    except OSError as error:
        if is_damage(error):
            _remove(path)

        return None

    record = decode(content)
    if record is None:
        _remove(path)

    return record


def record_files(folder: str) -> Iterator[str]:
    """Give the path of every record in a bucket's folder, in no order."""
    for shard in _entries(folder):
        for record in _entries(shard.path):
            yield record.path


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass
