r"""What a published tree holds, and the file that says so.

A manifest is one line of ASCII, then JSON::

    zephyr-tree 1 <SHA-256 of the JSON, hexadecimal>\n
    {"digest": …, "variant": …, "boot": …, "durable": …, "attributes": {…},
     "sections": ["purelib", …],        each named once
     "section": [0, 0, 1, …],           one column per property, one place per file
     "path": […], "sha256": "…",        (digests joined: 64 characters per file)
     "size": […], "mtime": […],         bytes; nanoseconds
     "executable": [2, …]}              the places of the executable ones

Columns are what makes it quick to load: a list of numbers parses several times faster than as many
objects, and the files are built by one ``map``.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAGIC = b"zephyr-tree 1 "
_HEADER = len(_MAGIC) + 64 + 1
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file of a tree, at ``<tree.path>/<section>/<path>`` (``/`` between folders everywhere).

    ``sha256`` is in hexadecimal, ``size`` in bytes, ``mtime_ns`` in nanoseconds. Its mode is 0755
    where ``executable``, else 0644.
    """

    section: str
    path: str
    sha256: str
    size: int
    mtime_ns: int
    executable: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """A published tree: immutable, kept by digest and variant.

    ``attributes`` are JSON values that the producer stored beside it. ``boot`` is the boot of the
    machine it was written in; ``durable`` says that its content is known to be on the disk.
    """

    digest: str
    variant: str
    path: str
    files: tuple[TreeFile, ...]
    attributes: Mapping[str, Any]
    boot: str = field(default="", compare=False)
    durable: bool = field(default=False, compare=False)


def encode(tree: Tree) -> bytes:
    """Give the content of the manifest of ``tree``. Raises `TypeError` when an attribute is not JSON."""
    sections = sorted({file.section for file in tree.files})
    place = {section: index for index, section in enumerate(sections)}
    document = {
        "digest": tree.digest,
        "variant": tree.variant,
        "boot": tree.boot,
        "durable": tree.durable,
        "attributes": dict(tree.attributes),
        "sections": sections,
        "section": [place[file.section] for file in tree.files],
        "path": [file.path for file in tree.files],
        "sha256": "".join([file.sha256 for file in tree.files]),
        "size": [file.size for file in tree.files],
        "mtime": [file.mtime_ns for file in tree.files],
        "executable": [index for index, file in enumerate(tree.files) if file.executable],
    }
    body = json.dumps(document, separators=(",", ":")).encode("ascii")
    return _MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def decode(content: bytes, digest: str, variant: str, path: str) -> Tree | None:
    """Read a manifest; None unless it is whole and the manifest of ``digest`` and ``variant``."""
    if not content.startswith(_MAGIC) or len(content) < _HEADER:
        return None

    body = memoryview(content)[_HEADER:]
    if hashlib.sha256(body).hexdigest().encode() + b"\n" != content[len(_MAGIC) : _HEADER]:
        return None

    # The checksum was right, so this is what `encode` wrote.
    document = cast("dict[str, Any]", json.loads(content[_HEADER:]))
    if document["digest"] != digest or document["variant"] != variant:
        return None

    return Tree(
        digest,
        variant,
        path,
        _files(document),
        document["attributes"],
        document["boot"],
        document["durable"],
    )


def _files(document: Mapping[str, Any]) -> tuple[TreeFile, ...]:
    count = len(document["path"])
    digests: str = document["sha256"]
    sections: list[str] = document["sections"]
    executable = [False] * count
    for index in document["executable"]:
        executable[index] = True

    return tuple(
        map(
            TreeFile,
            [sections[index] for index in document["section"]],
            document["path"],
            [digests[start : start + 64] for start in range(0, count * 64, 64)],
            document["size"],
            document["mtime"],
            executable,
        )
    )


def checked_location(file: TreeFile) -> str:
    """Give ``<section>/<path>``; a `ValueError` says that the file would not lie inside its section."""
    parts = [file.section, *file.path.split("/")]
    whole = f"{file.section}/{file.path}"
    if "/" in file.section or "\0" in whole or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"{whole!r} is not a place inside a tree")

    if not _SHA256.fullmatch(file.sha256):
        raise ValueError(f"{file.sha256!r} is not a SHA-256 digest (of {whole!r})")

    return whole
