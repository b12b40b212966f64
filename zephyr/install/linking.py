"""Finds the best way to link from the cache into an environment, once per pair of file systems."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr_cache.link import Linker, LinkMode, probe

if TYPE_CHECKING:
    from zephyr_cache import Cache

BUCKET = "link-modes-v1"


def linker_for(cache: Cache, destination: str, mode: LinkMode | None = None) -> Linker:
    """Return what links cached files into the existing folder ``destination``.

    Without a ``mode`` the best one that works is tried out and remembered. Raises OSError.
    """
    if mode is not None:
        return Linker(mode)

    with cache.staging() as folder:
        key = f"{os.stat(folder).st_dev} {os.stat(destination).st_dev}"
        known = cache.read(BUCKET, key)

        if known is not None and known.decode() in {each.value for each in LinkMode}:
            return Linker(LinkMode(known.decode()))

        found = probe(folder, destination)

    cache.write(BUCKET, key, found.value.encode())

    return Linker(found)
