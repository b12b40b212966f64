"""The files that may be Python interpreters: on PATH, among pyenv's versions, in Windows' registry."""

from __future__ import annotations

import os

from zephyr.environments.layout import CONFIGURATION
from zephyr.environments.pyenv import is_shim, pyenv_executables, resolve_shim
from zephyr.environments.request import version_in_name

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zephyr.environments.surroundings import Surroundings

USUAL_NAMES = ("python3", "python3.exe", "python", "python.exe")
"""The plain names, the likelier first."""


def is_idle_shim(path: str, surroundings: Surroundings) -> bool:
    """Return whether ``path`` is a pyenv shim of a version that is not chosen: running it would only say so.

    ``python3`` itself is worth running even then: pyenv's plugins know versions by other names.
    """
    return is_shim(path) and not is_usual(path) and resolve_shim(path, surroundings) is None


def is_usual(path: str) -> bool:
    """Return whether an executable bears the plain name."""
    return os.path.basename(path) in USUAL_NAMES


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
    # Mostly one of these is the one: folders with thousands of programs need not be listed for it.
    for folder in surroundings.search_path:
        yield from _executables(folder, USUAL_NAMES)

    for folder in surroundings.search_path:
        yield from _executables(folder, [name for name in _interpreter_names(folder) if not is_usual(name)])

    yield from pyenv_executables(surroundings.environ)

    from zephyr.environments.windows import registered_executables

    yield from registered_executables()


def _executables(folder: str, names: Iterable[str]) -> Iterator[str]:
    paths = (os.path.join(folder, name) for name in names)

    return (path for path in paths if os.access(path, os.X_OK))


def _interpreter_names(folder: str) -> list[str]:
    try:
        names = [name for name in os.listdir(folder) if version_in_name(name) is not None]
    except OSError:
        return []

    def preference(name: str) -> tuple[bool, bool, list[int]]:
        numbers = [-int(number) for number in (version_in_name(name) or "").split(".") if number]

        return name.removesuffix(".exe") != "python3", not name.startswith("python"), numbers

    return sorted(names, key=preference)
