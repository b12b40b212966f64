"""Finds the best way to link from the cache into an environment, once per pair of file systems."""

from __future__ import annotations

from zephyr_cache.link import Linker

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr_cache import Cache
    from zephyr_cache.link import LinkMode


def linker_for(cache: Cache, destination: str, mode: LinkMode | None = None) -> Linker:
    """Return what links cached files into the existing folder ``destination``.

    Without a ``mode`` the best one that works is tried out and remembered by the cache.
    Raises `zephyr_cache.CacheError`.
    """
    return Linker(mode or cache.link_mode(destination))
