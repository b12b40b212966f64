"""A new lock that is the old one wherever nothing was asked for that the old one does not have."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from zephyr.lock.inputs import locked_inputs

if TYPE_CHECKING:
    from collections.abc import Collection

    from packaging.pylock import Package, Pylock
    from packaging.utils import NormalizedName


def with_kept_files(after: Pylock, before: Pylock, upgraded: Collection[NormalizedName] = ()) -> Pylock:
    """Return ``after`` with the files that ``before`` has for the same versions.

    A wheel that is uploaded later for a version that is locked already is no reason to change a lock. Files
    are kept only where both locks are for the same environments, so that those of the old one are enough;
    not for the names in ``upgraded``.
    """
    if not _same_environments(after, before):
        return after

    known: dict[tuple[str, ...], list[Package]] = defaultdict(list)

    for package in before.packages:
        known[_identity(package)].append(package)

    packages = [
        _with_files(package, known[_identity(package)]) if package.name not in upgraded else package
        for package in after.packages
    ]

    return replace(after, packages=packages)


def _with_files(package: Package, earlier: list[Package]) -> Package:
    if package.is_direct or len(earlier) != 1 or earlier[0].is_direct:
        return package

    return replace(package, wheels=earlier[0].wheels, sdist=earlier[0].sdist)


def _identity(package: Package) -> tuple[str, ...]:
    """Return what an entry is known by: with another marker it is for other environments."""
    return package.name, str(package.version), str(package.marker), str(package.index)


def _same_environments(after: Pylock, before: Pylock) -> bool:
    mine, theirs = locked_inputs(after), locked_inputs(before)

    return (
        mine is not None
        and theirs is not None
        and mine.targets == theirs.targets
        and mine.rules == theirs.rules
        and str(after.requires_python) == str(before.requires_python)
        and [*map(str, after.environments or ())] == [*map(str, before.environments or ())]
    )
