"""Where facts about interpreters are kept between runs, as whoever keeps them has to be."""

from __future__ import annotations

from typing import Protocol


class FactStore(Protocol):
    """Where facts are kept between runs: `zephyr_cache.Cache` is one."""

    def read(self, bucket: str, key: str) -> bytes | None:
        """Return what was written under ``key``, None for anything missing or damaged."""
        ...

    def write(self, bucket: str, key: str, data: bytes) -> None:
        """Keep ``data`` under ``key``."""
        ...
