"""The files that may be Python interpreters: on PATH, among pyenv's versions, in Windows' registry."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.environments.layout import CONFIGURATION
from zephyr.environments.pyenv import is_shim, pyenv_executables, resolve_shim
from zephyr.environments.request import version_in_name
from zephyr.environments.windows import registered_executables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zephyr.environments.surroundings import Surroundings


def is_idle_shim(path: str, surroundings: Surroundings) -> bool:
    """Return whether ``path`` is a pyenv shim of a version that is not chosen: running it would only say so.

    ``python3`` itself is worth running even then: pyenv's plugins know versions by other names.
    """
    return is_shim(path) and not is_usual(path) and resolve_shim(path, surroundings) is None


def is_usual(path: str) -> bool:
    """Return whether an executable bears the plain name."""
    return os.path.basename(path).removesuffix(".exe") in {"python3", "python"}


def candidates(surroundings: Surroundings) -> Iterator[str]:
    """Yield the paths that may be interpreters, likeliest first, each file once."""
    seen: set[str] = set()

    for path in _all_candidates(surroundings):
        # Two links to a shim script or out of two environments are two interpreters.
        folder = os.path.dirname(os.path.dirname(path))
        is_own = is_shim(path) or os.path.isfile(os.path.join(folder, CONFIGURATION))
        identity = path if is_own else os.path.realpath(path)

        if identity not in seen:
            seen.add(identity)
            yield path


def _all_candidates(surroundings: Surroundings) -> Iterator[str]:
    folders = [(folder, _interpreter_names(folder)) for folder in surroundings.search_path]
    yield from _in_folders(folders, usual=True)
    yield from _in_folders(folders, usual=False)
    yield from pyenv_executables(surroundings.environ)
    yield from registered_executables()


def _in_folders(folders: Iterable[tuple[str, list[str]]], *, usual: bool) -> Iterator[str]:
    for folder, names in folders:
        for name in names:
            path = os.path.join(folder, name)

            if is_usual(path) == usual and os.access(path, os.X_OK):
                yield path


def _interpreter_names(folder: str) -> list[str]:
    try:
        names = [name for name in os.listdir(folder) if version_in_name(name) is not None]
    except OSError:
        return []

    def preference(name: str) -> tuple[bool, bool, list[int]]:
        numbers = [-int(number) for number in (version_in_name(name) or "").split(".") if number]

        return name.removesuffix(".exe") != "python3", not name.startswith("python"), numbers

    return sorted(names, key=preference)
