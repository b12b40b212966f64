"""Where packs lie between two runs, as whoever keeps them has to be."""

from __future__ import annotations

from typing import Protocol


class PackStore(Protocol):
    """Packs (`zephyr.model.packs`) by key: the name of a project, or the key of a target's meanings."""

    def read(self, key: str, /) -> bytes | None:
        """Return a pack, None where there is none."""
        ...

    def write(self, key: str, data: bytes, /) -> None:
        """Keep a pack, instead of the one before."""
        ...
