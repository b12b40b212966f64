"""A place for packs (`zephyr.metadata.packs`) in memory."""

from __future__ import annotations


class Packs:
    """Packs by key, and which of them were written, in order."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.written: list[str] = []

    def read(self, key: str, /) -> bytes | None:
        return self.kept.get(key)

    def write(self, key: str, data: bytes, /) -> None:
        self.kept[key] = data
        self.written.append(key)
