"""Where what is known of METADATA, and of what texts mean, lies between two runs: a bucket of the cache."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from zephyr.model.packs import MAGIC
from zephyr_cache import CacheError

if TYPE_CHECKING:
    from zephyr_cache import Cache

BUCKET = "documents-v2"


class CachedPacks:
    """A `zephyr.metadata.packs.PackStore` in a cache; every interpreter and Zephyr has its own."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def read(self, key: str, /) -> bytes | None:
        """Return a pack, None where there is none."""
        return self._cache.read(BUCKET, _key(key))

    def write(self, key: str, data: bytes, /) -> None:
        """Keep a pack, if the disk lets us: without it documents and texts are read again."""
        with contextlib.suppress(CacheError):
            self._cache.write(BUCKET, _key(key), data)


def _key(key: str) -> str:
    return f"{key}\n{MAGIC.decode()}"
