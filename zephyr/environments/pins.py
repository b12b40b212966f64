"""The Python that a folder asks for: the nearest ``.python-version``."""

from __future__ import annotations

import os

from zephyr.environments.pyenv import read_version_file
from zephyr.environments.surroundings import home_of, upwards

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr.environments.surroundings import Surroundings

VERSION_FILE = ".python-version"


def pinned_request(surroundings: Surroundings) -> tuple[str, str] | None:
    """Return the nearest ``.python-version`` here or above that asks for something, and its first word."""
    for folder in upwards(surroundings.folder, home_of(surroundings.environ)):
        path = os.path.join(folder, VERSION_FILE)
        words = read_version_file(path)

        if words is not None:
            return (path, words[0]) if words and words[0] != "system" else None

    return None
