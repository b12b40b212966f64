"""Measuring, verifying, cleaning and pruning a cache that others may be using meanwhile."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Any

from zephyr.dataclass import dataclass
from zephyr_cache import layout
from zephyr_cache.atomic import discard
from zephyr_cache.locks import FileLock
from zephyr_cache.records import read_record, record_files
from zephyr_cache.staging import sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from zephyr_cache.trees import Trees

_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Amount:
    """So many bytes in so many files."""

    bytes: int = 0
    files: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.bytes + other.bytes, self.files + other.files)


@dataclass(frozen=True, slots=True)
class Verified:
    """One entry that has been hashed: the ``position``-th of ``total``, counted from 1.

    ``entry`` is a tree's digest (with ``+variant``) or a record's file name. ``damaged`` names the
    files that were wrong; when there are any, the entry has been evicted.
    """

    bucket: str
    entry: str
    damaged: tuple[str, ...]
    position: int
    total: int


def size(root: str, trees: Trees) -> Mapping[str, Amount]:
    """Measure each bucket that is there, by name."""
    return {
        bucket: _trees_amount(trees) if bucket == layout.TREES else _folder_amount(f"{root}/{bucket}")
        for bucket in _buckets(root)
    }


def verify(root: str, trees: Trees) -> Iterator[Verified]:
    """Hash every tree and every record; evict the damaged ones."""
    names = list(trees.names())
    records = [
        (bucket, path)
        for bucket in _buckets(root)
        if not bucket.startswith("trees-")
        for path in record_files(f"{root}/{bucket}")
    ]
    total = len(names) + len(records)
    for position, (digest, variant) in enumerate(names, 1):
        entry = f"{digest}+{variant}" if variant else digest
        yield Verified(layout.TREES, entry, _verify_tree(root, trees, digest, variant), position, total)

    for position, (bucket, path) in enumerate(records, len(names) + 1):
        name = os.path.basename(path)
        wrong = os.path.lexists(path) and read_record(path) is None
        yield Verified(bucket, name, (name,) if wrong else (), position, total)


def _verify_tree(root: str, trees: Trees, digest: str, variant: str) -> tuple[str, ...]:
    folder = layout.entry_folder(root, digest, variant)
    if not os.path.lexists(folder):
        return ()  # evicted by somebody since it was listed

    tree = trees.find(digest, variant)
    if tree is None:
        discard(root, folder)
        return (layout.MANIFEST,)

    damaged = trees.wrong(tree)
    if damaged:
        trees.evict(digest, variant)

    return tuple([f"{file.section}/{file.path}" for file in damaged])


def clean(root: str, trees: Trees, predicate: Callable[[Mapping[str, Any]], bool] | None = None) -> Amount:
    """Remove the trees with such attributes, or everything but the registered environments."""
    if predicate is not None:
        return _clean_trees(trees, predicate)

    removed = Amount()
    for bucket, amount in size(root, trees).items():
        if bucket != layout.ENVIRONMENTS and discard(root, f"{root}/{bucket}"):
            removed += amount

    sweep(root)
    return removed


def _clean_trees(trees: Trees, predicate: Callable[[Mapping[str, Any]], bool]) -> Amount:
    removed = Amount()
    for digest, variant in list(trees.names()):
        tree = trees.find(digest, variant)
        if tree is not None and predicate(tree.attributes):
            removed += _evict(trees, digest, variant)

    return removed


def prune(root: str, trees: Trees, older_than_days: float, needed: frozenset[str]) -> Amount:
    """Remove trees outside ``needed`` and records, not used for so many days; and all leftovers."""
    limit = time.time() - older_than_days * _DAY
    removed = Amount()
    for digest, variant in list(trees.names()):
        used = max(trees.last_used(digest, variant), trees.last_used(digest, ""))
        if digest not in needed and used <= limit:
            removed += _evict(trees, digest, variant)

    for bucket in _buckets(root):
        if not bucket.startswith("trees-") and bucket != layout.ENVIRONMENTS:
            removed += _prune_records(f"{root}/{bucket}", limit)

    _remove_free_locks(f"{root}/{layout.LOCKS}")
    sweep(root)
    return removed


def _evict(trees: Trees, digest: str, variant: str) -> Amount:
    removed = Amount()
    for other in [variant] if variant else ["", *trees.variants(digest)]:
        removed += _tree_amount(trees, digest, other)

    trees.evict(digest, variant)
    return removed


def _prune_records(folder: str, limit: float) -> Amount:
    removed = Amount()
    for path in record_files(folder):
        with contextlib.suppress(OSError):
            status = os.stat(path)
            if max(status.st_mtime, status.st_atime) <= limit:
                os.unlink(path)
                removed += Amount(status.st_size, 1)

    return removed


def _remove_free_locks(folder: str) -> None:
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            lock = FileLock(f"{folder}/{name}")
            if lock.acquire():
                lock.release(remove=lock.between_processes)


def _buckets(root: str) -> list[str]:
    return sorted(name for name in os.listdir(root) if layout.is_bucket(name))


def _trees_amount(trees: Trees) -> Amount:
    total = Amount()
    for digest, variant in trees.names():
        total += _tree_amount(trees, digest, variant)

    return total


def _tree_amount(trees: Trees, digest: str, variant: str) -> Amount:
    tree = trees.find(digest, variant)
    if tree is None:
        return Amount()

    return Amount(sum([file.size for file in tree.files]), len(tree.files))


def _folder_amount(folder: str) -> Amount:
    total = Amount()
    for path, _folders, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):
                total += Amount(os.lstat(f"{path}/{name}").st_size, 1)

    return total
