"""Which lock a command reads that only looks, and for which environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packaging.version import Version

from zephyr.dataclass import replace
from zephyr.environments.derivation import for_python_version, python_release
from zephyr.environments.discovery import find_interpreter
from zephyr.errors import UsageError, ZephyrError
from zephyr.lock.target import LockTarget, described_target
from zephyr.markers.environments import MarkerEnvironment
from zephyr.markers.platforms import platform_named
from zephyr.markers.python_ranges import PythonRange
from zephyr.pipeline.project_environment import ProjectChoice, existing_environment
from zephyr.project.finding import find_project

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from zephyr.environments.surroundings import Surroundings
    from zephyr.graph.events import Event
    from zephyr.markers.platforms import Platform
    from zephyr.model.interpreter import Interpreter

LOCK = "pylock.toml"


def lock_path(file: str | None, folder: str) -> str:
    """Return the absolute path of the lock ``file``, or of the lock of the project in ``folder`` or above."""
    if file is not None:
        return os.path.normpath(os.path.join(folder, file))

    project = find_project(folder)

    return os.path.join(os.path.dirname(project) if project else folder, LOCK)


def lock_target(
    document: Pylock, path: str, python_version: str | None, platform: str | None, surroundings: Surroundings
) -> LockTarget:
    """Return the environment that ``--python-version`` and ``--platform`` mean; by default the one here.

    Here is the interpreter of the environment that the project with the lock at ``path`` has, or of the one
    that it would get. Raises `PlatformUnknown`, `InvalidPythonRequest`, and what `find_interpreter` raises
    where an interpreter is needed.
    """
    if platform is not None:
        version = python_version or _interpreter(document, path, surroundings).version
        release = Version(Version(python_release(version.rstrip("+"))[1]).base_version)

        return described_target(MarkerEnvironment(PythonRange(release, None), _platform(platform)), document)

    interpreter = _interpreter(document, path, surroundings)

    if python_version is not None:
        interpreter = for_python_version(interpreter, python_version)

    return LockTarget(
        interpreter.markers,
        interpreter.tags,
        interpreter.version,
        f"Python {interpreter.version} on {interpreter.markers['sys_platform']} "
        f"{interpreter.markers['platform_machine']}",
    )


def _platform(text: str) -> Platform:
    platform, *others = platform_named(text)

    if others:
        raise UsageError(
            f"--platform {text!r} means several: {', '.join(each.label for each in (platform, *others))}",
            hint="Name one of them.",
            id="platform-ambiguous",
        )

    return platform


def _interpreter(document: Pylock, path: str, surroundings: Surroundings) -> Interpreter:
    """Return the interpreter here. An environment that cannot be used is no reason not to read a lock."""
    root = os.path.dirname(path)

    try:
        environment = existing_environment(root, ProjectChoice(), None, surroundings, _unheard)
    except ZephyrError:
        environment = None

    if environment is not None:
        return environment.interpreter

    return find_interpreter(
        None, replace(surroundings, folder=root), requires_python=document.requires_python
    )


def _unheard(_: Event) -> None:
    """Listen to nothing."""
