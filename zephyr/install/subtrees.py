"""Finds the largest subtrees that can leave, or arrive, by one rename. Pure.

A folder is moved whole when one distribution owns everything in it and it holds nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zephyr.install.sorted_paths import folders_above

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from zephyr.install.survey import Survey

STAYS = "/stays"
"""The owner of everything that does not leave; no distribution has such a name."""

ALONE = frozenset({"/alone", "/moved"})
"""The owners of a file that goes another way than its folder: more than one, so no folder takes it along."""


Source = tuple[str, str]
"""What is staged together: a distribution and a section."""

RETURNING: Source = ("/returning", "")
"""The source of kept files that return: nothing is staged for their folders, so each comes by itself."""


class Units(NamedTuple):
    """Disjoint paths that cover everything that leaves."""

    trees: tuple[str, ...]
    """Folders moved whole."""
    files: tuple[str, ...]
    """Files moved by themselves."""
    folders: tuple[str, ...]
    """Folders of several owners that are empty once the others have left."""


class Places(NamedTuple):
    """Disjoint paths that cover everything that arrives."""

    trees: Mapping[str, Source]
    """Folders moved whole, and what they are staged with."""
    files: tuple[str, ...]
    folders: tuple[str, ...]
    """Folders to be made, parents first."""


def leaving_units(
    leaving: Mapping[str, str | None], survey: Survey, bases: Set[str], needed: Iterable[str]
) -> Units:
    """Cover the files ``leaving`` (path to owner, None for one that moves alone), all of which exist.

    ``bases`` are never moved, nor are folders of several owners that an arriving path in ``needed``
    uses again.
    """
    owners = _owners_by_folder(leaving, survey)
    used: set[str] = set()

    for folder in _folders_of(needed):
        used.add(folder)
        used.update(folders_above(folder))

    trees: set[str] = set()
    emptied: set[str] = set()

    for folder in sorted(owners):
        inside = owners[folder]

        if not inside or STAYS in inside or folder in bases or _covered(folder, trees):
            continue

        if len(inside) == 1:
            trees.add(folder)
        elif folder not in used and not _covered(folder, emptied):
            emptied.add(folder)

    files = _outside(leaving, trees)

    return Units(tuple(sorted(trees)), files, tuple(sorted(emptied)))


def arriving_units(arriving: Mapping[str, Source], present: Set[str], bases: Set[str]) -> Places:
    """Cover the files ``arriving``, each with what it is staged with.

    ``present`` are the folders that exist by then; ``bases`` are made, never moved.
    """
    direct: dict[str, set[Source]] = {}

    for path, source in arriving.items():
        direct.setdefault(path.rpartition("/")[0], set()).add(source)

    sources: dict[str, set[Source]] = {}

    for folder, inside in direct.items():
        for step in (folder, *folders_above(folder)):
            if step in present:
                break

            sources.setdefault(step, set()).update(inside)

    trees: dict[str, Source] = {}
    made: list[str] = []

    for folder in sorted(sources):
        if _covered(folder, trees.keys()):
            continue

        if len(sources[folder]) == 1 and folder not in bases and RETURNING not in sources[folder]:
            trees[folder] = next(iter(sources[folder]))
        else:
            made.append(folder)

    return Places(trees, _outside(arriving, trees.keys()), tuple(made))


def _owners_by_folder(leaving: Mapping[str, str | None], survey: Survey) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = {}

    for folder in sorted(survey.folders, key=len, reverse=True):
        inside: set[str] = set()

        for name, is_folder in survey.folders[folder].items():
            path = f"{folder}/{name}"

            if is_folder and path not in leaving:
                inside |= owners.get(path, {STAYS})
            else:
                owner = leaving.get(path, STAYS)
                inside |= ALONE if owner is None else {owner}

        owners[folder] = inside

    return owners


def _outside(paths: Iterable[str], trees: Set[str]) -> tuple[str, ...]:
    """Return the paths that are in none of ``trees``, sorted."""
    by_folder: dict[str, list[str]] = {}

    for path in paths:
        by_folder.setdefault(path.rpartition("/")[0], []).append(path)

    return tuple(
        sorted(
            path
            for folder, inside in by_folder.items()
            if folder not in trees and not _covered(folder, trees)
            for path in inside
        )
    )


def _folders_of(paths: Iterable[str]) -> set[str]:
    return {path.rpartition("/")[0] for path in paths}


def _covered(path: str, folders: Set[str]) -> bool:
    return any(folder in folders for folder in folders_above(path))
