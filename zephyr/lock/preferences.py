"""What an existing lock says for the next one: the versions to keep, even where git left it in conflict."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from packaging.pylock import Pylock, PylockValidationError
from packaging.version import Version

from zephyr.lock.activation import evaluate
from zephyr.lock.places import place_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from zephyr.model.source_reference import SourceReference

_ENTRY = re.compile(r"\[\[[ \t]*packages[ \t]*\]\]")
_PART_OF_ENTRY = re.compile(r"\[{1,2}[ \t]*packages[ \t]*\.")
_ACTIVATION = re.compile(r"""["']([^"']+)["'] (?:not )?in (extras|dependency_groups)""")
_OURS, _THEIRS = 0, 1
_TAKEN = {"<<<<<<<": (_OURS,), "|||||||": (), "=======": (_THEIRS,), ">>>>>>>": (_OURS, _THEIRS)}
"""Which sides the lines after a conflict marker belong to; what both sides come from (diff3) to none."""


def preferences(document: Pylock, environment_markers: Mapping[str, str]) -> dict[NormalizedName, Version]:
    """Return the versions that the lock has for an environment, with whatever extras and groups.

    Where several of a name apply, in conflicting extras for example, it is the newest. An entry without a
    version, or with a marker that cannot be evaluated, says nothing.
    """
    applies = {marker: _may_hold(marker, environment_markers) for marker in _markers(document)}
    found: dict[NormalizedName, Version] = {}

    for package in document.packages:
        version = package.version

        if version is not None and (package.marker is None or applies[package.marker]):
            found[package.name] = max(version, found.get(package.name, version))

    return found


def locked_commit(
    document: Pylock, reference: SourceReference, folder: str, upgraded: Container[NormalizedName] = ()
) -> str | None:
    """Return the commit that a lock in ``folder`` has of a repository asked for in the same words.

    Of the names in ``upgraded`` there is none. Raises `PathUnportable`.
    """
    place = place_of(reference.url, folder)
    asked = (place.url, place.path, reference.requested_revision, reference.subdirectory or None)

    for package in document.packages:
        vcs = package.vcs

        if (
            vcs is not None
            and package.name not in upgraded
            and (vcs.url, vcs.path, vcs.requested_revision, vcs.subdirectory) == asked
        ):
            return vcs.commit_id

    return None


def repaired_preferences(text: str) -> list[Pylock]:
    """Return what can be read of a lock, ours first, where a merge has left conflict markers in it.

    Of a side that is no whole document, the entries that are whole are taken. Nothing readable, nothing
    returned; the documents are for `preferences` alone, never for installing. Never raises.
    """
    sides = list(dict.fromkeys(_sides(text.replace("\r\n", "\n").split("\n"))))
    documents = [_whole(side) or _entries(side) for side in sides]

    return [document for document in documents if document.packages]


def _markers(document: Pylock) -> set[Marker]:
    return {package.marker for package in document.packages if package.marker is not None}


def _may_hold(marker: Marker, environment: Mapping[str, str]) -> bool:
    """Whether a marker is true with some of the extras and groups that it names on."""
    names = sorted(set(_ACTIVATION.findall(str(marker))))
    # All of them, none, and each alone: in a conflict that is declared at most one is on.
    choices = [names, [], *([name] for name in names)] if names else [names]

    return any(_holds(marker, environment, chosen) for chosen in choices)


def _holds(marker: Marker, environment: Mapping[str, str], chosen: Sequence[tuple[str, str]]) -> bool:
    extras = frozenset(name for name, variable in chosen if variable == "extras")
    groups = frozenset(name for name, variable in chosen if variable != "extras")
    try:
        return evaluate(marker, environment, extras, groups)
    except ValueError:
        return False


def _sides(lines: list[str]) -> tuple[str, str]:
    """Return the text as each side of the merge has it; the same twice where nothing is in conflict."""
    ours: list[str] = []
    theirs: list[str] = []
    taking: tuple[list[str], ...] = (ours, theirs)

    for line in lines:
        sign = line[:7] if len(line) == 7 or line[7:8] == " " else ""

        if sign in _TAKEN:
            taking = tuple((ours, theirs)[side] for side in _TAKEN[sign])
        else:
            for side in taking:
                side.append(line)

    return "\n".join(ours), "\n".join(theirs)


def _whole(text: str) -> Pylock | None:
    try:
        return Pylock.from_dict(tomllib.loads(text))
    except (ValueError, RecursionError, PylockValidationError):
        return None


def _entries(text: str) -> Pylock:
    """Return a document of the entries that can be read, each by itself."""
    alone = [_whole(f'lock-version = "1.0"\ncreated-by = ""\n{block}') for block in _blocks(text)]
    packages = [package for document in alone if document is not None for package in document.packages]

    return Pylock(lock_version=Version("1.0"), created_by="", packages=packages)


def _blocks(text: str) -> Iterator[str]:
    block: list[str] = []

    for line in text.split("\n"):
        if line.startswith("[") and not (block and _PART_OF_ENTRY.match(line)):
            yield "\n".join(block)
            block = []

        if block or _ENTRY.match(line):
            block.append(line)

    yield "\n".join(block)
