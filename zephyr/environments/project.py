"""Decides which environment a project has: the real ``.venv`` in it, the central one, or one to be made.

What is at ``.venv`` is looked at once (`look`); what follows from it is decided without looking again
(`decide`). A central environment is used by the project that it is recorded for and by no other.
"""

from __future__ import annotations

import os
from enum import Enum
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.environments.errors import EnvironmentOfAnotherProject
from zephyr.environments.layout import CONFIGURATION
from zephyr.environments.links import is_link
from zephyr.environments.project_place import Location, place_of
from zephyr.environments.project_record import read_record
from zephyr.settings import data_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.environments.project_place import ProjectPlace


class Entry(Enum):
    """What is at a project's ``.venv``."""

    NOTHING = "nothing"
    REAL = "real"
    """A folder, or a file: no link."""
    LINK = "link"
    DANGLING = "dangling"
    """A link that leads nowhere."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is at ``.venv``, and for a link what lies behind it."""

    entry: Entry
    target: str | None = None
    """The folder that a link leads to in the end."""
    recorded_root: str | None = None
    """The project that the environment there is recorded for, None without a record."""
    root_exists: bool = True
    """Whether that project is still where it was."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Which folder is the environment's, and what must be done to ``.venv``."""

    path: str
    is_central: bool = False
    """Whether it is the project's own folder of the user's data folder: then it has a record."""
    link: bool = False
    """Whether ``.venv`` is to be made a link to it, in the place of nothing or of a dangling one."""
    unlink: bool = False
    """Whether a dangling ``.venv`` must go for the folder to be made."""


def look(place: ProjectPlace) -> Seen:
    """Return what is at the ``.venv`` of a project; raises `EnvironmentTooNew`."""
    if not os.path.lexists(place.link):
        return Seen(Entry.NOTHING)

    if not is_link(place.link):
        return Seen(Entry.REAL)

    target = os.path.realpath(place.link)

    if not os.path.exists(target):
        return Seen(Entry.DANGLING, target)

    record = read_record(os.path.dirname(target))

    # A record lies beside its environment, and beside whatever else somebody puts there.
    if record is None or os.path.realpath(record.path) != target:
        return Seen(Entry.LINK, target)

    return Seen(Entry.LINK, target, record.root, root_exists=os.path.isdir(record.root))


def decide(place: ProjectPlace, seen: Seen, location: Location) -> Decision:
    """Return the environment that a project has or is to get.

    ``location`` counts only where nothing is at ``.venv`` yet. Raises `EnvironmentOfAnotherProject`.
    """
    if seen.entry is Entry.REAL:
        return Decision(place.link)

    if seen.entry is Entry.LINK:
        return Decision(followed(place, seen), is_central=seen.target == place.environment)

    if location is Location.CENTRAL:
        return Decision(place.environment, is_central=True, link=True)

    return Decision(place.link, unlink=seen.entry is Entry.DANGLING)


def followed(place: ProjectPlace, seen: Seen) -> str:
    """Return the environment behind a link: the central path, or ``.venv`` for a link of the user's own.

    Raises `EnvironmentOfAnotherProject`.
    """
    if seen.target == place.environment or seen.recorded_root == place.root:
        return seen.target or place.environment

    is_ours = os.path.dirname(os.path.dirname(seen.target or "")) == os.path.dirname(place.folder)

    if seen.recorded_root is None and not is_ours:
        return place.link

    raise another_projects(place, seen)


def another_projects(place: ProjectPlace, seen: Seen) -> EnvironmentOfAnotherProject:
    """Return the error for a ``.venv`` that came along when a project was copied or moved."""
    import shlex

    whose = f"the project in {seen.recorded_root}" if seen.recorded_root else "another project"
    message = f"{place.link} leads to the environment of {whose}"
    remove = f"rm {shlex.quote(place.link)}" if os.name != "nt" else f'rmdir "{place.link}"'
    hint = (
        f"Remove the link with: {remove}. The next zephyr sync then makes this project its own environment."
    )

    if not seen.root_exists:
        message += ", which is no longer there: was the project moved?"
        hint += f" The old one can be removed: {os.path.dirname(seen.target or '')}."

    return EnvironmentOfAnotherProject(message, hint=hint)


def environment_behind(path: str, environ: Mapping[str, str]) -> str:
    """Return the environment that a ``.venv`` is or leads to, as scripts are to name it.

    Raises `EnvironmentOfAnotherProject`, `EnvironmentTooNew`.
    """
    if not is_link(path):
        return path

    place = place_of(os.path.dirname(path), data_folder(environ))
    seen = look(place)

    return followed(place, seen) if seen.entry is Entry.LINK else path


def is_environment(path: str) -> bool:
    """Return whether the folder ``path`` is an environment, if perhaps a broken one."""
    # Conda's environments have no pyvenv.cfg.
    return os.path.isfile(os.path.join(path, CONFIGURATION)) or os.path.isdir(
        os.path.join(path, "conda-meta")
    )
