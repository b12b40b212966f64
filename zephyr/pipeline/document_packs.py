"""Where what is known of METADATA lies between two runs: a bucket of the cache."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from zephyr.model.packs import MAGIC
from zephyr_cache import CacheError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr_cache import Cache

BUCKET = "documents-v1"


class CachedPacks:
    """A `zephyr.metadata.known_documents.PackStore` in a cache; every interpreter and Zephyr has its own."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def read(self, name: NormalizedName, /) -> bytes | None:
        """Return the pack of a project, None where there is none."""
        return self._cache.read(BUCKET, _key(name))

    def write(self, name: NormalizedName, data: bytes, /) -> None:
        """Keep the pack of a project, if the disk lets us: without it the documents are read again."""
        with contextlib.suppress(CacheError):
            self._cache.write(BUCKET, _key(name), data)


def _key(name: NormalizedName) -> str:
    return f"{name}\n{MAGIC.decode()}"
