"""Makes an environment of what is to be in it, as a whole or not at all.

It is put together in a folder beside its place and renamed in. What is to be in it is known before: whoever
has kept that can make the same environment again, and needs nothing else.
"""

from __future__ import annotations

import os

from zephyr.dataclass import dataclass
from zephyr.environments.errors import EnvironmentExists, EnvironmentUnwritable, NotAnEnvironment
from zephyr.environments.layout import CONFIGURATION
from zephyr.environments.leftovers import remove_leftovers
from zephyr.environments.placement import Stage, put_in_place

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr.environments.placement import Place


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a new environment; all paths are relative to it."""

    folders: tuple[str, ...]
    """Those that have others above them in the environment come after these."""
    links: tuple[tuple[str, str], ...]
    """Each with what it leads to."""
    copies: tuple[tuple[str, str], ...]
    """Each with the file that it is a copy of."""
    files: tuple[tuple[str, bytes], ...]


def make(root: str, contents: Contents, *, clear: bool) -> None:
    """Make the environment ``root``, an absolute path; with ``clear`` one that is there already is replaced.

    Raises:
        EnvironmentExists: there is an environment and ``clear`` is not given.
        NotAnEnvironment: there is something else, which is never touched.
        EnvironmentUnwritable: the file system refuses.

    """
    remove_leftovers(root)
    place = examine(root, clear=clear)

    try:
        with Stage(root) as stage:
            write(stage, contents)
            put_in_place(stage, root, place)
    except OSError as error:
        raise EnvironmentUnwritable(
            f"Cannot create the environment {root}: {error.strerror or error}",
            hint="Choose another folder, or make this one writable.",
            details=(str(error.filename),) if error.filename else (),
        ) from error


def examine(root: str, *, clear: bool) -> Place:
    """Return what is at ``root``; raises as `make` does for what may not be replaced."""
    if not os.path.lexists(root):
        return "free"

    if not os.path.isdir(root):
        what = "a link that leads nowhere" if os.path.islink(root) else "a file"
        raise NotAnEnvironment(
            f"{root} is {what}, not an environment", hint="Remove it yourself, or choose another path."
        )

    if os.path.isfile(os.path.join(root, CONFIGURATION)):
        if not clear:
            raise EnvironmentExists(
                f"There is an environment at {root} already",
                hint="Use it as it is, or replace it and all that is installed in it with --clear.",
            )

        return "environment"

    if os.listdir(root):
        raise NotAnEnvironment(
            f"{root} is not empty and not an environment: it is left alone",
            hint="Choose another path, or remove the folder yourself.",
        )

    return "empty"


def write(stage: str, contents: Contents) -> None:
    """Write ``contents`` into the empty folder ``stage``; raises OSError."""
    for folder in contents.folders:
        os.mkdir(os.path.join(stage, folder))

    for path, target in contents.links:
        os.symlink(target, os.path.join(stage, path))

    for path, source in contents.copies:
        _copy(source, os.path.join(stage, path))

    for path, data in contents.files:
        with open(os.path.join(stage, path), "wb", buffering=0) as file:
            file.write(data)


def _copy(source: str, target: str) -> None:
    import shutil

    shutil.copyfile(source, target)
