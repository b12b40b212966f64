"""Lays a distribution out in a private folder beside its destination, ready to be renamed in.

What that takes is worked out first (`staging_of`, pure) and then done (`stage`).
"""

from __future__ import annotations

from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from zephyr.install.contents import Contents
    from zephyr.install.filesystem import FileSystem
    from zephyr_cache.link import Linker

EXECUTABLE, PLAIN = 0o777, 0o666
"""The modes of written files, before the umask."""


Links = tuple[str, str, list[str], list[int]]
"""Files of the cache that are linked at the paths they have there: the cached folder, the staging folder, the
paths below both, and the places of the executable ones among these, ascending."""


@dataclass(frozen=True, slots=True)
class Staging:
    """Everything that is laid out for one distribution; paths are absolute."""

    name: str
    base: str
    """The private folder that it is in (`PrivateFolders.base`)."""
    size: int
    """Bytes of all files."""
    folders: tuple[str, ...]
    """To be made, parents first; the first one holds all that is staged."""
    singles: tuple[tuple[str, str, bool], ...]
    """Cached files that are linked one by one: source, path, whether executable."""
    writes: tuple[tuple[str, bytes, int], ...]
    """Files that are written: path, bytes, mode before the umask."""
    links: tuple[Links, ...]

    def as_values(self) -> tuple[Any, ...]:
        """Return the fields, in their order."""
        return self.name, self.base, self.size, self.folders, self.singles, self.writes, self.links


def staging_of(contents: Contents, folders: Mapping[str, str], base: str) -> Staging:
    """Work out how ``contents`` is laid out; ``folders`` gives the staging folder of each section."""
    made = dict.fromkeys([folder.rpartition("/")[0] for folder in folders.values()])
    made.update(dict.fromkeys(folders.values()))

    for linked in contents.linked:
        _add_folders(made, folders[linked.section], linked.paths)

    for single in contents.single:
        _add_folders(made, folders[single.section], [single.path])

    placed = [(f"{folders[one.section]}/{one.path}", one) for one in contents.single]

    return Staging(
        contents.name,
        base,
        contents.size,
        tuple(made),
        tuple((one.source, path, one.executable) for path, one in placed if one.source is not None),
        tuple(
            (path, one.data or b"", EXECUTABLE if one.executable else PLAIN)
            for path, one in placed
            if one.source is None
        ),
        tuple(
            (one.source, folders[one.section], one.paths, one.columns.executable) for one in contents.linked
        ),
    )


def stage(staging: Staging, filesystem: FileSystem, linker: Linker) -> None:
    """Link or write every file; threads may stage different distributions at once. Raises OSError."""
    for folder in staging.folders:
        filesystem.make_folder(folder)

    for source, target, paths, places in staging.links:
        filesystem.link_files(source, target, paths, linker, frozenset([paths[place] for place in places]))

    for source, path, executable in staging.singles:
        filesystem.link(source, path, linker, executable=executable)

    for path, data, mode in staging.writes:
        filesystem.write(path, data, mode)


def _add_folders(made: dict[str, None], base: str, paths: Iterable[str]) -> None:
    """Add the folders of ``paths`` below ``base``, each after those above it."""
    for folder in dict.fromkeys([path.rpartition("/")[0] for path in paths]):
        above = [base]

        for name in folder.split("/") if folder else ():
            above.append(f"{above[-1]}/{name}")

        made.update(dict.fromkeys(above))
