"""What a version taken from git depends on: the commit and the tags.

Backends such as setuptools-scm compute a project's version from its repository, so a commit or a tag makes
it another project though no file of it has changed. For other projects git says nothing about what is built.
Read from git's own files (gitrepository-layout(5)), as that takes no process.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGURATION = ("pyproject.toml", "setup.py", "setup.cfg")
"""The files that say how a project is built."""
_FROM_GIT = re.compile(
    rb"(?i)scm|vcs|versioningit|versioneer|dunamai|miniver|incremental|setupmeta|dynamic-versioning|git-version"
)
_LARGEST = 1 << 20


def version_state(folder: str) -> str:
    """Return a digest of the commit and the tags where the project's version comes from git, else "".

    Blocking; what cannot be read counts as not there.
    """
    if not any(_FROM_GIT.search(_read(f"{folder}/{name}")) for name in CONFIGURATION):
        return ""

    repository = next(filter(None, map(_repository_at, _upwards(folder))), None)

    if repository is None:
        return ""

    common = os.path.join(repository, _read(f"{repository}/commondir").decode(errors="replace").strip())
    references = _references(common)
    head = _read(f"{repository}/HEAD").strip()
    commit = references.get(head.removeprefix(b"ref: "), b"") if head.startswith(b"ref: ") else head
    tags = sorted(item for item in references.items() if item[0].startswith(b"refs/tags/"))

    return hashlib.sha256(b"\n".join([commit, *(b" ".join(tag) for tag in tags)])).hexdigest()


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        parent = os.path.dirname(folder)

        if parent == folder:
            return

        folder = parent


def _repository_at(folder: str) -> str | None:
    path = os.path.join(folder, ".git")

    if os.path.isdir(path):
        return path

    link = _read(path)  # of a worktree or a submodule

    if not link.startswith(b"gitdir:"):
        return None

    return os.path.join(folder, os.fsdecode(link.removeprefix(b"gitdir:").strip()))


def _references(repository: str) -> dict[bytes, bytes]:
    """Return all branches and tags by full name; a file of its own goes before a line in packed-refs."""
    references: dict[bytes, bytes] = {}

    for line in _read(f"{repository}/packed-refs", 1 << 26).splitlines():
        value, _, name = line.partition(b" ")

        if name.startswith(b"refs/"):
            references[name] = value

    for kind in ("heads", "tags"):
        for path, _folders, files in os.walk(f"{repository}/refs/{kind}"):
            for file in files:
                full = f"{path}/{file}"
                references[os.fsencode(os.path.relpath(full, repository))] = _read(full).strip()

    return references


def _read(path: str, most: int = _LARGEST) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except OSError:
        return b""
