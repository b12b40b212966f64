"""Keeps bytes by digest, safe with any number of processes. Knows nothing of packaging.

`Cache` is the whole interface; `layout` documents the format on disk. What a command does not use of it is
not imported.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr_cache.cache import Cache
    from zephyr_cache.errors import (
        CacheError,
        CacheLockTimeout,
        CacheTooNew,
        CacheUnwritable,
        DiskFull,
        StagedFileWrong,
    )
    from zephyr_cache.link import Linker, LinkMode, probe
    from zephyr_cache.manifest import Section, Tree, TreeFile
    from zephyr_cache.upkeep import Amount, Verified

__all__ = [
    "Amount",
    "Cache",
    "CacheError",
    "CacheLockTimeout",
    "CacheTooNew",
    "CacheUnwritable",
    "DiskFull",
    "LinkMode",
    "Linker",
    "Section",
    "StagedFileWrong",
    "Tree",
    "TreeFile",
    "Verified",
    "probe",
]

_HOMES = {
    "Cache": "cache",
    "CacheError": "errors",
    "CacheLockTimeout": "errors",
    "CacheTooNew": "errors",
    "CacheUnwritable": "errors",
    "DiskFull": "errors",
    "StagedFileWrong": "errors",
    "LinkMode": "link",
    "Linker": "link",
    "probe": "link",
    "Section": "manifest",
    "Tree": "manifest",
    "TreeFile": "manifest",
    "Amount": "upkeep",
    "Verified": "upkeep",
}


def __getattr__(name: str) -> object:
    """Import what is asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    value: object = getattr(__import__(f"{__name__}.{_HOMES[name]}", fromlist=[name]), name)
    globals()[name] = value

    return value
