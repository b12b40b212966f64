"""Reads a recording: what an index said on one day for one workload, as a compressed tar archive.

    manifest.json             {"requirements": text, ...}
    pages/PROJECT.json        {"name", "versions", "cols": {"f": [...], "s": [...], ...}}
    metadata/WHEEL.metadata   core metadata of the wheels that a resolution asked for
    files/FILE                source archives and build requirements

The columns of a page: f file name, s sha256, r requires-python, z size, t upload time, y yanked (true or the
reason), null where the index said nothing. A digest of ``""`` stands for one that was not kept: the sha256 of
the file's name is given in its place.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zephyr_perf.pages import ListedFile, Page, wheels_of
from zephyr_perf.site import put, write_page

if TYPE_CHECKING:
    from collections.abc import Mapping

DONE = "recording"
"""A file of the tree that names the recording it was made of."""


def tree_of(recording: str, root: str) -> str:
    """Return the name of the tree below ``root`` that serves ``recording``, made if it is not there yet."""
    name = os.path.basename(recording).partition(".")[0]
    tree = os.path.join(root, name)
    status = os.stat(recording)
    identity = f"{status.st_size} {status.st_mtime_ns}"

    if _content(os.path.join(tree, DONE)) != identity:
        _write(recording, tree)
        put(os.path.join(tree, DONE), identity.encode())

    return name


def _content(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _write(recording: str, tree: str) -> None:
    documents: list[Mapping[str, Any]] = []
    metadata: dict[str, bytes] = {}
    archives: dict[str, bytes] = {}

    with tarfile.open(recording, "r:*") as archive:
        for member in archive:
            content = archive.extractfile(member)
            kind, _, name = member.name.partition("/")

            if content is None:
                continue

            if kind == "pages":
                documents.append(json.load(content))
            elif kind == "metadata":
                metadata[name.removesuffix(".metadata")] = content.read()
            elif kind == "files":
                archives[name] = content.read()

    for document in documents:
        _write_project(page_in(document), metadata, archives, tree)


def _write_project(
    page: Page, metadata: Mapping[str, bytes], archives: Mapping[str, bytes], tree: str
) -> None:
    siblings = siblings_of(page, metadata)
    files = tuple(
        replace(one, metadata=hashlib.sha256(siblings[one.filename]).hexdigest())
        if one.filename in siblings
        else one
        for one in page.files
    )
    write_page(tree, replace(page, files=files))

    for one in files:
        if one.filename in siblings:
            put(os.path.join(tree, f"{one.path}.metadata"), siblings[one.filename])

        if one.filename in archives:
            put(os.path.join(tree, one.path), archives[one.filename])


def page_in(document: Mapping[str, Any]) -> Page:
    """Return the page that a recording's document stands for; every wheel has a metadata sibling."""
    columns: Mapping[str, list[Any]] = document["cols"]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    files = tuple(
        ListedFile(
            row["f"],
            hashlib.sha256(row["f"].encode()).hexdigest() if row.get("s") == "" else row.get("s"),
            row.get("z"),
            row.get("r"),
            row.get("t"),
            False if row.get("y") is None else row["y"],
            "" if row["f"].endswith(".whl") else None,
        )
        for row in rows
    )

    return Page(document["name"], files, tuple(document.get("versions", ())))


def siblings_of(page: Page, metadata: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the metadata of each wheel of a page: its own, or else that of another wheel of its version."""
    wheels = [one.filename for one in wheels_of(page.files)]
    of_version = {name.split("-")[1]: metadata[name] for name in reversed(wheels) if name in metadata}
    found = {name: metadata.get(name, of_version.get(name.split("-")[1])) for name in wheels}

    return {name: text for name, text in found.items() if text is not None}
