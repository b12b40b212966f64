"""Where a project's environment is kept: in the user's data folder, or in the project itself."""

from __future__ import annotations

import hashlib
import os
import re
from enum import Enum
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.environments.canonical import canonical_path
from zephyr.environments.layout import FOLDER
from zephyr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_NAME = 32
"""Characters of the project's folder that are shown: scripts name the whole path in 127 bytes."""
CONTAINER_FILES = (".dockerenv", "run/.containerenv")


class Location(Enum):
    """Where the environments of projects are kept (``environments.location``)."""

    CENTRAL = "central"
    """In the user's data folder, with a link to it in the project."""
    PROJECT = "project"
    """In the project, a folder."""


@dataclass(frozen=True, slots=True)
class ProjectPlace:
    """The places that belong to one project."""

    root: str
    """The project's folder, in its canonical spelling."""
    folder: str
    """What the user's data folder keeps for it: the environment and its metadata."""

    @property
    def identity(self) -> str:
        """The name that no other project's environment has: ``demo-1f0a…``."""
        return os.path.basename(self.folder)

    @property
    def environment(self) -> str:
        """The folder of the central environment."""
        return os.path.join(self.folder, "venv")

    @property
    def link(self) -> str:
        """The ``.venv`` of the project."""
        return os.path.join(self.root, FOLDER)


def place_of(root: str, data_folder: str) -> ProjectPlace:
    """Return the places of the project in ``root``, however that is spelled.

    The digest is the first 16 hexadecimal digits of the SHA-256 of the canonical path's bytes.
    """
    root = canonical_path(root)
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", os.path.basename(root))[:LONGEST_NAME].strip("-.")
    folder = os.path.join(canonical_path(data_folder), "environments", f"{name or 'project'}-{digest}")

    return ProjectPlace(root, folder)


def location_of(given: str | None, environ: Mapping[str, str], system_root: str = "/") -> Location:
    """Return the location that ``given`` names, or the usual one where the command runs.

    In containers and in CI that is the project: every container's root has the same path, and one data
    folder may serve several. Raises UsageError for a text that names none.
    """
    if given is not None:
        try:
            return Location(given)
        except ValueError:
            raise UsageError(
                f"environments.location is {given!r}",
                hint="It is central or project.",
                id="environments-location-unknown",
            ) from None

    is_contained = bool(environ.get("container")) or any(
        os.path.exists(os.path.join(system_root, name)) for name in CONTAINER_FILES
    )

    is_ci = environ.get("CI", "").lower() not in {"", "0", "false"}

    return Location.PROJECT if is_contained or is_ci else Location.CENTRAL
