"""Lays a distribution out in a private folder beside its destination, ready to be renamed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.install.contents import Contents
    from zephyr.install.filesystem import FileSystem
    from zephyr_cache.link import Linker


def stage(contents: Contents, folders: Mapping[str, str], filesystem: FileSystem, linker: Linker) -> None:
    """Link or write every file of ``contents``.

    ``folders`` gives the staging folder of each section; they exist and are empty of this
    distribution. Different distributions may be staged by different threads. Raises OSError.
    """
    made: dict[str, set[str]] = {section: {""} for section in folders}

    for linked in contents.linked:
        base = folders[linked.section]

        for folder in dict.fromkeys(path.rpartition("/")[0] for path in linked.paths):
            _make_folders(folder, base, made[linked.section], filesystem)

        filesystem.link_files(linked.source, base, linked.paths, linker, linked.executable())

    for content in contents.single:
        base = folders[content.section]
        _make_folders(content.path.rpartition("/")[0], base, made[content.section], filesystem)
        path = f"{base}/{content.path}"

        if content.source is not None:
            filesystem.link(content.source, path, linker, executable=content.executable)
        else:
            filesystem.write(path, content.data or b"", 0o777 if content.executable else 0o666)


def _make_folders(folder: str, base: str, made: set[str], filesystem: FileSystem) -> None:
    """Make a folder below ``base`` with those above it."""
    if folder not in made:
        _make_folders(folder.rpartition("/")[0], base, made, filesystem)
        filesystem.make_folder(f"{base}/{folder}")
        made.add(folder)
