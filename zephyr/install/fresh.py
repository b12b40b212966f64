"""Finds the folders that are new and that one distribution brings alone: they arrive whole. Pure.

Most of what is installed lies in such folders, and nothing in them has to be looked at. What a plan
weighs path by path is the rest: files beside others, folders that are there, what several bring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zephyr.install.sorted_paths import children, folders_above, top

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence, Set

    from zephyr.install.contents import Contents
    from zephyr.install.files import Content, Linked
    from zephyr.install.sorted_paths import Slice
    from zephyr.install.subtrees import Source


class Fresh(NamedTuple):
    """What arrives whole, and what is left to be planned path by path."""

    trees: Mapping[str, Source]
    """Folders that are moved whole, and what they are staged with."""
    folders: tuple[str, ...] = ()
    """Folders to be made for them, parents first."""
    rest: tuple[Contents, ...] = ()
    """The distributions without what lies in ``trees``."""

    @property
    def parents(self) -> frozenset[str]:
        """The folders that ``trees`` arrive in, none of which may be moved itself."""
        return frozenset(path.rpartition("/")[0] for path in self.trees)


class _Claim(NamedTuple):
    """What a section of a distribution has under one name."""

    source: Source
    linked: Linked
    inside: Slice
    is_folder: bool = True


def fresh_folders(
    incoming: Sequence[Contents],
    bases: Set[str],
    touched: Set[str],
    listing: Callable[[str], Mapping[str, bool] | None],
) -> Fresh:
    """Part what ``incoming`` brings, from the scheme's folders down, as far as anything is in question.

    ``bases`` are the folders of no distribution; they are never moved. ``touched`` are those in which
    something leaves or is shared: they are left to the plan. ``listing`` gives the names in an existing
    folder, True for those of folders, and None where there is no folder.
    """
    others = _sources_of_single_files(incoming)
    claims = _by_folder(incoming)
    pending = sorted(bases, reverse=True)  # the last one is next: folders come before those in them
    trees: dict[str, Source] = {}
    made: list[str] = []
    left: list[_Claim] = []

    while pending:
        folder = pending.pop()
        inside = claims.pop(folder, None)

        if inside is None:
            continue

        names: Mapping[str, bool] | None = {} if folder in made else listing(folder)

        if names is None:
            left += inside
            continue

        for name, ones in _by_name(inside).items():
            path = f"{folder}/{name}"
            sources = {one.source for one in ones} | others.get(path, set())

            if names.get(name) is False or not all(one.is_folder for one in ones):
                left += ones
            elif path in bases:
                claims.setdefault(path, []).extend(ones)
            elif path in touched:
                left += ones
            elif name not in names and len(sources) == 1:
                trees[path] = sources.pop()
            else:
                claims[path] = ones
                pending.append(path)

                if name not in names:
                    made.append(path)

    left += [one for ones in claims.values() for one in ones]

    return Fresh(trees, tuple(made), _rest(incoming, trees, left))


def _by_folder(incoming: Iterable[Contents]) -> dict[str, list[_Claim]]:
    claims: dict[str, list[_Claim]] = {}

    for distribution in incoming:
        for linked in distribution.linked:
            claim = _Claim((distribution.name, linked.section), linked, top(linked.paths))
            claims.setdefault(linked.folder, []).append(claim)

    return claims


def _by_name(claims: Iterable[_Claim]) -> dict[str, list[_Claim]]:
    """Return what is claimed under each name in a folder."""
    found: dict[str, list[_Claim]] = {}

    for source, linked, within, _ in claims:
        for name, inside, is_folder in children(linked.paths, within):
            found.setdefault(name, []).append(_Claim(source, linked, inside, is_folder))

    return found


def _sources_of_single_files(incoming: Iterable[Contents]) -> dict[str, set[Source]]:
    """Return, for each folder with such files in it, what they are staged with."""
    found: dict[str, set[Source]] = {}

    for distribution in incoming:
        for content in distribution.single:
            for folder in folders_above(content.final):
                found.setdefault(folder, set()).add((distribution.name, content.section))

    return found


def _rest(
    incoming: Iterable[Contents], trees: Mapping[str, Source], left: Iterable[_Claim]
) -> tuple[Contents, ...]:
    files: dict[str, list[Content]] = {}

    for claim in left:
        files.setdefault(claim.source[0], []).extend(claim.linked.files(claim.inside))

    return tuple(
        distribution._replace(
            linked=(),
            single=(
                *files.get(distribution.name, ()),
                *(one for one in distribution.single if trees.keys().isdisjoint(folders_above(one.final))),
            ),
        )
        for distribution in incoming
    )
