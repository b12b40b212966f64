"""Chooses among a repository's branches and tags, purely: what ``git ls-remote`` lists, and a name.

A name is looked up as git does (gitrevisions(7)): as it is, then among tags, then among branches.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PART_OF_COMMIT = re.compile(r"[0-9a-f]{4,64}")
_LINE = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})\t(\S+)")
_PLACES = ("", "refs/", "refs/tags/", "refs/heads/")
_NEAR_ONES = 5


@dataclass(frozen=True, slots=True)
class RemoteReference:
    """A reference on the other side."""

    full_name: str
    """``refs/tags/v1.0``, ``refs/heads/main``, ``HEAD``."""
    commit: str
    """What it leads to; for an annotated tag the commit that it is about."""

    @property
    def is_tag(self) -> bool:
        """Whether it is meant never to move."""
        return self.full_name.startswith("refs/tags/")


def is_commit(revision: str | None) -> bool:
    """Say whether a revision is a whole commit id (SHA-1 or SHA-256), which can mean nothing else."""
    return revision is not None and _COMMIT.fullmatch(revision.lower()) is not None


def may_be_commit(revision: str) -> bool:
    """Say whether a revision can be the beginning of a commit id."""
    return _PART_OF_COMMIT.fullmatch(revision.lower()) is not None


def parse_references(output: bytes) -> dict[str, str]:
    """Read ``git ls-remote``: full names to commits, annotated tags to the commits that they are about."""
    references: dict[str, str] = {}

    for line in output.decode(errors="replace").splitlines():
        found = _LINE.fullmatch(line)

        if found:
            # The commit of an annotated tag follows it, as "name^{}".
            references[found[2].removesuffix("^{}")] = found[1]

    return references


def choose_reference(references: Mapping[str, str], revision: str | None) -> RemoteReference | None:
    """Return what a revision names, HEAD for None; None where nothing has this name."""
    if revision is None:
        commit = references.get("HEAD")

        return RemoteReference("HEAD", commit) if commit else None

    for place in _PLACES:
        name = place + revision

        if name in references:
            return RemoteReference(name, references[name])

    return None


def near_references(references: Mapping[str, str], revision: str) -> tuple[str, ...]:
    """Return the short names most like a name that is missing, the nearest first."""
    names = {short_name(name) for name in references if name.startswith(("refs/heads/", "refs/tags/"))}
    folded = {name.lower(): name for name in sorted(names)}
    near = difflib.get_close_matches(revision.lower(), folded, _NEAR_ONES, cutoff=0.5)

    return tuple(folded[name] for name in near)


def short_name(full_name: str) -> str:
    """Return a reference's name as people write it."""
    return full_name.removeprefix("refs/heads/").removeprefix("refs/tags/")
