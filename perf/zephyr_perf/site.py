"""The static tree that is served: pages in each form, plain and gzipped, and files below their digests.

    ROOT/NAME/simple/PROJECT/index.json  index.html  plain.html   (each also as .gz)
    ROOT/NAME/files/ab/cd/.../FILE       FILE.metadata
    ROOT/NAME/origins/PROJECT.json       {file name: [address upstream, path, sha256 or null]}

One root holds several trees, each an index of its own: ``plain.html`` is the page of an index that knows
neither JSON nor metadata siblings. Everything is renamed into place, so a server may read while a mirror
writes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zephyr_perf.pages import render_html, render_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr_perf.pages import Page

EPOCH = 1_700_000_000
"""File times are made of the content, counted from here: nginx makes its ETag of time and size."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file comes from: its address upstream (None: unknown), its path here, its digest."""

    url: str | None
    path: str
    sha256: str | None


def write_page(tree: str, page: Page, urls: Mapping[str, str] | None = None) -> None:
    """Put the page of a project into a tree; ``urls`` are the addresses of its files upstream."""
    folder = os.path.join(tree, "simple", page.name)

    for name, body in (
        ("index.json", render_json(page)),
        ("index.html", render_html(page)),
        ("plain.html", render_html(page, siblings=False)),
    ):
        put(os.path.join(folder, f"{name}.gz"), gzip.compress(body, 6, mtime=0), body)
        put(os.path.join(folder, name), body)

    origins = {one.filename: [(urls or {}).get(one.filename), one.path, one.sha256] for one in page.files}
    put(os.path.join(tree, "origins", f"{page.name}.json"), json.dumps(origins).encode())


def origins(tree: str, project: str) -> dict[str, Origin]:
    """Return where the files of a project come from; none where its page was never written."""
    try:
        with open(os.path.join(tree, "origins", f"{project}.json"), "rb") as file:
            document = json.load(file)
    except FileNotFoundError:
        return {}

    return {filename: Origin(*fields) for filename, fields in document.items()}


def put(path: str, data: bytes, content: bytes | None = None) -> None:
    """Write a file whole, its time made of ``content`` (by default of ``data``)."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path))

    with os.fdopen(descriptor, "wb") as file:
        file.write(data)

    digest = hashlib.sha256(data if content is None else content).digest()
    stamp = EPOCH + int.from_bytes(digest[:3], "big")
    os.utime(temporary, (stamp, stamp))
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
