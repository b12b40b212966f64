"""The environment that is active, or else the ``.venv`` here or above."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.environments.layout import FOLDER
from zephyr.environments.links import is_link
from zephyr.environments.opening import environment_at
from zephyr.environments.surroundings import home_of, upwards

if TYPE_CHECKING:
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.environment import Environment


def active_environment(surroundings: Surroundings, passed: list[str] | None = None) -> Environment | None:
    """Return the environment that is active or lies here or above, None without one.

    ``passed`` gets, in words, each ``.venv`` that belongs to another user: its interpreter is not run.
    Raises `EnvironmentOfAnotherProject` for a link that came along with a copy of a project.
    """
    environ = surroundings.environ

    if active := environ.get("VIRTUAL_ENV"):
        return environment_at(active, surroundings, origin="VIRTUAL_ENV")

    # The base environment of conda is a system like any other, kept by conda itself.
    if (active := environ.get("CONDA_PREFIX")) and environ.get("CONDA_DEFAULT_ENV") not in {"base", "root"}:
        return environment_at(active, surroundings, origin="CONDA_PREFIX")

    for folder in upwards(surroundings.folder, home_of(environ)):
        path = os.path.join(folder, FOLDER)

        if not os.path.lexists(path):
            continue

        if is_owned(path):
            return environment_at(_behind(path, surroundings), surroundings)

        if passed is not None:
            passed.append(
                f"{path} belongs to another user and was passed over: name it with --python to trust it"
            )

    return None


def _behind(path: str, surroundings: Surroundings) -> str:
    """Return the folder that a ``.venv`` stands for: links are rare, and need a look at whose they are."""
    if not is_link(path):
        return path

    from zephyr.environments.project import environment_behind

    return environment_behind(path, surroundings.environ)


def is_owned(path: str) -> bool:
    """Return whether the current user owns ``path``, and what it leads to if it is a link."""
    if os.name == "nt":
        return True

    user = os.geteuid()

    try:
        return os.lstat(path).st_uid == user and (not os.path.exists(path) or os.stat(path).st_uid == user)
    except OSError:
        return False
