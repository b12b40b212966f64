"""Puts small trees into a cache: ``publish(cache, "a", {"purelib/demo.py": b"x = 1"})``.

Digests are written as one letter or word and turned into something that looks like one by `digest`.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from zephyr_cache import Tree, TreeFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zephyr_cache import Cache


def digest(word: str) -> str:
    """Give the digest that stands for a word."""
    return hashlib.sha256(word.encode()).hexdigest()


def stage(folder: str, files: Mapping[str, bytes], executable: Iterable[str] = ()) -> tuple[TreeFile, ...]:
    """Write ``<section>/<path>: content`` into a folder, and describe what was written."""
    described: list[TreeFile] = []
    for location, content in files.items():
        section, _slash, path = location.partition("/")
        place = f"{folder}/{location}"
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as stream:
            stream.write(content)

        os.chmod(place, 0o755 if location in executable else 0o644)
        described.append(
            TreeFile(
                section,
                path,
                hashlib.sha256(content).hexdigest(),
                len(content),
                os.stat(place).st_mtime_ns,
                location in executable,
            )
        )

    return tuple(described)


def publish(
    cache: Cache,
    word: str,
    files: Mapping[str, bytes],
    *,
    variant: str = "",
    executable: Iterable[str] = (),
    attributes: Mapping[str, Any] | None = None,
) -> Tree:
    """Stage and publish a tree under the digest that stands for ``word``."""
    with cache.staging() as folder:
        staged = stage(folder, files, tuple(executable))
        return cache.publish(folder, digest(word), staged, attributes or {}, variant)


def content_of(tree: Tree) -> dict[str, bytes]:
    """Read a tree's files back: ``<section>/<path>: content``."""
    found: dict[str, bytes] = {}
    for file in tree.files:
        with open(f"{tree.path}/{file.section}/{file.path}", "rb") as stream:
            found[f"{file.section}/{file.path}"] = stream.read()

    return found
