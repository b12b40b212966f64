"""The folder of one build: a copy of the source, a home, a place for temporary files, one for the result."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile

from zephyr.dataclass import dataclass

_CACHES = frozenset({"__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
_CACHE_MARKS = ("CACHEDIR.TAG", "pyvenv.cfg")
_HISTORY = (b"scm", b"vcs", b"versioningit", b"versioneer", b"dunamai")
_LONGEST_LOOK = 1 << 20


@dataclass(frozen=True, slots=True)
class BuildFolder:
    """Absolute paths; all but ``source`` of an in-place build are below ``root``."""

    root: str
    source: str
    home: str
    temporary: str
    result: str

    @property
    def in_place(self) -> bool:
        """Whether the source is built where it lies."""
        return not self.source.startswith(f"{self.root}{os.sep}")


def make_build_folder(source: str, *, parent: str | None, in_place: bool) -> BuildFolder:
    """Make the folder of a build of ``source``, below ``parent`` (default: the system's temporary folder).

    Blocking. Raises `OSError`; then nothing is left.
    """
    root = os.path.realpath(tempfile.mkdtemp(prefix="zephyr-build-", dir=parent))
    repository = repository_of(source)
    top = os.path.join(root, "source")
    copy = os.path.normpath(os.path.join(top, os.path.relpath(source, repository)))
    folder = BuildFolder(
        root,
        source if in_place else copy,
        *(os.path.join(root, name) for name in ("home", "temporary", "result")),
    )

    try:
        for path in (folder.home, folder.temporary, folder.result):
            os.mkdir(path)

        if not in_place:
            copy_with_surroundings(source, repository, top)
    except BaseException:
        remove_build_folder(root)
        raise

    return folder


def repository_of(source: str) -> str:
    """Return the closest folder at or above ``source`` with a git repository; ``source`` without one."""
    folder = source

    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)

        if parent == folder:
            return source

        folder = parent

    return folder


def copy_with_surroundings(source: str, repository: str, top: str) -> None:
    """Copy ``source`` to its place below ``top``, with what lies beside it up to ``repository``.

    What lies beside it is linked, for reading: its history, ``../README.md``. But a project that takes its
    version from its history gets the whole of the repository: links would count as changes to it.
    """
    if source == repository or (reads_history(source) and repository != os.path.expanduser("~")):
        copy_source(repository, top)
        return

    link_neighbours(repository, source, top)
    copy_source(source, os.path.join(top, os.path.relpath(source, repository)))


def reads_history(source: str) -> bool:
    """Tell whether a project seems to take its version from git."""
    for name in ("pyproject.toml", "setup.cfg", "setup.py"):
        with contextlib.suppress(OSError), open(os.path.join(source, name), "rb") as stream:
            text = stream.read(_LONGEST_LOOK)

            if any(word in text for word in _HISTORY):
                return True

    return False


def link_neighbours(repository: str, source: str, top: str) -> None:
    """Make the folders from ``repository`` down to ``source`` below ``top``, with links to all beside them.

    ``source`` itself is left out.
    """
    names = [name for name in os.path.relpath(source, repository).split(os.sep) if name != os.curdir]
    origin, target = repository, top

    for inner in names:
        os.mkdir(target)

        for name in os.listdir(origin):
            if name != inner:
                os.symlink(os.path.join(origin, name), os.path.join(target, name))

        origin, target = os.path.join(origin, inner), os.path.join(target, inner)


def copy_source(source: str, target: str) -> None:
    """Copy a project as it is, links as links, but for environments and caches: they are no source."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if name in _CACHES or _is_cache(os.path.join(folder, name))}

    def copied(origin: str, copy: str) -> None:
        if stat.S_ISREG(os.lstat(origin).st_mode):  # sockets and pipes are no source either
            shutil.copy2(origin, copy)

    shutil.copytree(
        source, target, symlinks=True, ignore=left_out, copy_function=copied, ignore_dangling_symlinks=True
    )


def _is_cache(path: str) -> bool:
    return os.path.isdir(path) and any(os.path.isfile(os.path.join(path, mark)) for mark in _CACHE_MARKS)


def remove_build_folder(root: str) -> bool:
    """Remove what a build has left, whatever modes it has; return whether nothing is left.

    Never leaves the file system that ``root`` is on, follows no link, and raises nothing: what cannot
    be removed (an immutable file, a mount point) stays.
    """
    with contextlib.suppress(OSError):
        _remove(root, os.lstat(root).st_dev)

    return not os.path.lexists(root)


def _remove(folder: str, device: int) -> None:
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)

    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)
            elif entry.stat(follow_symlinks=False).st_dev == device:
                _remove(entry.path, device)

    with contextlib.suppress(OSError):
        os.rmdir(folder)
