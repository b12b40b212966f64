"""Keeps bytes by digest, safe with any number of processes. Knows nothing of packaging.

`Cache` is the whole interface; `layout` documents the format on disk.
"""

from __future__ import annotations

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
