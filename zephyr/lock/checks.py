"""What an entry of a lock may name, whoever wrote the lock: hashes, addresses, paths and commits.

The standard's own rules are checked by `packaging.pylock`; these are the ones that keep what is read from
reaching further than the lock may. A file's host is not compared with the hosts of the lock's indexes: the
files of most indexes are on another host, so this would refuse sound locks, and whoever could change
an address could change the list as well. What protects is the SHA-256, which is needed for each file: other
bytes are refused wherever they come from. That a package's index stays the same is kept in the lock
(``index`` of the entry, ``indexes`` of ``[tool.zephyr]``) and seen when the lock is made again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zephyr.dataclass import dataclass
from zephyr.lock.entries import files_of
from zephyr.model.source_address import redacted
from zephyr.model.source_reference import SourceInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.pylock import Package, PackageVcs

_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}
_HEXADECIMAL = re.compile(r"[0-9a-f]+")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[A-Za-z0-9_.+!-]+")
_DRIVE = re.compile(r"[A-Za-z]:")
_FILE_SCHEMES = frozenset({"http", "https"})
_REPOSITORY_SCHEMES = frozenset({"http", "https", "ssh", "git"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an entry is not used."""

    id: str
    """Of the error that it becomes."""
    key: str
    """Where in the entry, ``wheels[2].hashes``."""
    problem: str
    """A clause that goes on after "``key``:"."""


def refusals(package: Package, *, remote: bool) -> Iterator[Refusal]:
    """Yield everything that an entry must not say; ``remote`` for a lock that was fetched.

    A lock on this machine may name folders beside its own (``../library``), one from elsewhere only what
    lies below its own address.
    """
    for key, file in files_of(package):
        yield from _hash_refusals(f"{key}.hashes", file.hashes)
        yield from _place_refusals(key, file.url, file.path, _FILE_SCHEMES, remote=remote)

        if file.size is not None and file.size < 0:
            yield Refusal("lock-invalid", f"{key}.size", "a size below zero")

        name = getattr(file, "filename", None)

        if name is not None and not _FILE_NAME.fullmatch(name):
            yield Refusal("lock-file-mismatch", key, f"{name[:200]!a} is not the name of a file of a package")

    yield from _tree_refusals(package, remote=remote)
    yield from _index_refusals(package.index)
    yield from _dependency_refusals(package)


def _tree_refusals(package: Package, *, remote: bool) -> Iterator[Refusal]:
    for key in ("vcs", "directory", "archive"):
        inner = getattr(getattr(package, key), "subdirectory", None)

        if inner is not None:
            yield from _path_refusals(f"{key}.subdirectory", inner, upwards=False)

    if package.directory is not None:
        yield from _path_refusals("directory.path", package.directory.path, upwards=not remote)

    if package.vcs is not None:
        vcs = package.vcs
        yield from _place_refusals("vcs", vcs.url, vcs.path, _REPOSITORY_SCHEMES, remote=remote)
        yield from _revision_refusals(vcs)


def _revision_refusals(vcs: PackageVcs) -> Iterator[Refusal]:
    from zephyr.model.source_git import check_revision

    if vcs.type == "git" and not _COMMIT.fullmatch(vcs.commit_id):
        problem = f"{vcs.commit_id[:80]!a} is not the full hash of a commit"
        yield Refusal("lock-invalid", "vcs.commit-id", problem)

    if vcs.type == "git" and vcs.requested_revision is not None:
        try:
            check_revision(vcs.requested_revision, "vcs")
        except SourceInvalid:
            problem = f"{vcs.requested_revision[:80]!a} is not the name of a branch, a tag or a commit"
            yield Refusal("lock-invalid", "vcs.requested-revision", problem)


def _hash_refusals(key: str, hashes: Mapping[str, str]) -> Iterator[Refusal]:
    strong = [algorithm for algorithm in _DIGITS if algorithm in hashes]

    for algorithm in strong:
        digest = hashes[algorithm]

        if len(digest) != _DIGITS[algorithm] or not _HEXADECIMAL.fullmatch(digest):
            problem = f"the {algorithm} is not {_DIGITS[algorithm]} lower-case hexadecimal digits"
            yield Refusal("lock-hash-unusable", key, problem)

    if not strong:
        known = ", ".join(sorted(hashes))[:100]
        yield Refusal(
            "lock-hash-unusable", key, f"only {known!a} is given, and a sha256 or stronger is needed"
        )


def _place_refusals(
    key: str, url: str | None, path: str | None, schemes: frozenset[str], *, remote: bool
) -> Iterator[Refusal]:
    if path is not None:
        yield from _path_refusals(f"{key}.path", path, upwards=not remote)

    if url is not None and (problem := _address_problem(url, schemes)):
        yield Refusal("lock-address-refused", f"{key}.url", problem)


def _path_refusals(key: str, path: str, *, upwards: bool) -> Iterator[Refusal]:
    parts = path.replace("\\", "/").split("/")

    if not path.isprintable() or not path:
        yield Refusal("lock-path-escapes", key, f"{path[:200]!a} is empty or has control characters")
    elif parts[0] == "" or _DRIVE.match(path):
        yield Refusal("lock-path-escapes", key, f"{path[:200]!a} is an absolute path, of one machine only")
    elif ".." in parts and not upwards:
        yield Refusal("lock-path-escapes", key, f"{path[:200]!a} leads out of the folder that it is for")


def _index_refusals(index: str | None) -> Iterator[Refusal]:
    # An index is told, not connected to: `file:` is no danger, a password still is none to keep.
    if index is not None and (problem := _address_problem(index, _FILE_SCHEMES | {"file"})):
        yield Refusal("lock-address-refused", "index", problem)


def _dependency_refusals(package: Package) -> Iterator[Refusal]:
    for position, dependency in enumerate(package.dependencies or ()):
        named = isinstance(dependency.get("name"), str) and isinstance(dependency.get("version", ""), str)

        if not named:
            yield Refusal("lock-invalid", f"dependencies[{position}]", "the name or version is no string")


def _address_problem(url: str, schemes: frozenset[str]) -> str | None:
    try:
        parts = urlsplit(url)
        sound = parts.port != 0 and (bool(parts.hostname) or parts.scheme == "file")
    except ValueError:
        sound, parts = False, urlsplit("")

    if not sound or not url.isprintable() or " " in url or "\\" in url:
        return f"{redacted(url)!a} is not a usable address"

    if parts.scheme not in schemes:
        return f"{redacted(url)!a} is of a kind that a lock may not name here ({', '.join(sorted(schemes))})"

    login = parts.netloc.rpartition("@")[0]

    if login and not (parts.scheme == "ssh" and login == "git"):
        return f"{redacted(url)!a} has a user name or a password in it"

    return None
