"""Chooses the environment that a command reads or changes, and refuses what is not to be changed.

The order: ``--target`` and ``--prefix``; ``--python``; ``--system``; ``VIRTUAL_ENV``; ``CONDA_PREFIX``;
a ``.venv`` here or above. Outside of all of them nothing is guessed: the error says what to do.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zephyr.environments.discovery import find_interpreter, resolve
from zephyr.environments.errors import (
    ExternallyManagedError,
    NoEnvironmentError,
)
from zephyr.environments.layout import CONFIGURATION, environment_scheme, library_name
from zephyr.environments.opening import environment_at, of_interpreter
from zephyr.environments.request import PathRequest, VersionRequest, parse_request
from zephyr.environments.surroundings import home_of, upwards
from zephyr.errors import UsageError
from zephyr.model.environment import Environment, EnvironmentKind
from zephyr.model.interpreter import Scheme

if TYPE_CHECKING:
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.interpreter import Interpreter

FOLDER = ".venv"
CREATE = "make one with: zephyr venv create"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line says of the environment."""

    python: str | None = None
    """``--python``: a version, name or path of an interpreter, or the folder of an environment."""
    system: bool = False
    prefix: str | None = None
    target: str | None = None
    break_system_packages: bool = False
    """Change an interpreter that another package manager keeps (PEP 668)."""


def select_environment(choice: Choice, surroundings: Surroundings, *, changes: bool = True) -> Environment:
    """Return the environment that ``choice`` and ``surroundings`` mean.

    ``changes`` is false for commands that only look: those are never refused for PEP 668.

    Raises:
        NoEnvironmentError: nothing was chosen, nothing is active, nothing lies here or above.
        EnvironmentBrokenError: the environment meant cannot be used, and why.
        ExternallyManagedError: it may not be changed.
        UsageError: options that exclude each other.
        ZephyrError: whatever `find_interpreter` raises for ``--python``.

    """
    chosen = [name for name in ("system", "prefix", "target") if getattr(choice, name)]

    if len(chosen) > 1:
        raise UsageError(
            f"--{chosen[0]} and --{chosen[1]} exclude each other",
            hint="give the one that says where to install",
            id="conflicting-options",
        )

    if choice.prefix or choice.target:
        return elsewhere(choice, surroundings)

    environment = named(choice, surroundings) or around(surroundings)

    if changes and not choice.break_system_packages:
        refuse_managed(environment.interpreter)

    return environment


def elsewhere(choice: Choice, surroundings: Surroundings) -> Environment:
    """Return the environment of ``--target`` or ``--prefix``: folders of their own, another's interpreter."""
    if choice.python is not None:
        interpreter = find_interpreter(choice.python, surroundings)
    elif active := active_environment(surroundings):
        interpreter = active.interpreter
    else:
        interpreter = find_interpreter(None, surroundings)

    if choice.target:
        root = surroundings.absolute(choice.target)
        scheme = Scheme(root, root, os.path.join(root, "bin"), os.path.join(root, "include"), root)

        return Environment(EnvironmentKind.TARGET, root, interpreter, scheme)

    root = surroundings.absolute(choice.prefix or "")

    return Environment(EnvironmentKind.PREFIX, root, interpreter, prefix_scheme(interpreter, root))


def prefix_scheme(interpreter: Interpreter, root: str) -> Scheme:
    """Return the folders of an installation of ``interpreter`` whose prefix is ``root``."""
    library = library_name(
        interpreter.implementation, interpreter.minor, free_threaded=interpreter.free_threaded
    )
    scheme = environment_scheme(root, interpreter.platform, library, interpreter.minor)
    headers = os.path.join(root, "Include" if interpreter.platform == "nt" else f"include/{library}")

    return Scheme(scheme.purelib, scheme.platlib, scheme.scripts, headers, root)


def named(choice: Choice, surroundings: Surroundings) -> Environment | None:
    """Return the environment that ``--python`` or ``--system`` names, None when neither is given.

    A version means the active environment, or the one here or above, if that is of this version: only
    else an interpreter outside of any.
    """
    if choice.python is None:
        return of_interpreter(find_interpreter(None, surroundings)) if choice.system else None

    request = parse_request(choice.python, surroundings.folder)

    if isinstance(request, VersionRequest):
        active = None if choice.system else active_environment(surroundings)

        if active and request.admits(active.interpreter, prereleases=True):
            return active
    elif isinstance(request, PathRequest) and os.path.isfile(os.path.join(request.path, CONFIGURATION)):
        return environment_at(request.path, surroundings)

    return of_interpreter(resolve(request, choice.python, surroundings))


def around(surroundings: Surroundings) -> Environment:
    """Return the active environment, or the ``.venv`` here or above; raises `NoEnvironmentError`."""
    passed: list[str] = []

    if found := active_environment(surroundings, passed):
        return found

    raise NoEnvironmentError(
        f"there is no environment: none is active, and no {FOLDER} is in {surroundings.folder} or above it",
        hint=f"{CREATE} (or name one with --python, or the interpreter itself with --system)",
        details=tuple(passed),
    )


def active_environment(surroundings: Surroundings, passed: list[str] | None = None) -> Environment | None:
    """Return the environment that is active or lies here or above, None without one.

    ``passed`` gets, in words, each ``.venv`` that belongs to another user: its interpreter is not run.
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
            return environment_at(path, surroundings)

        if passed is not None:
            passed.append(f"{path} belongs to another user and was passed over")

    return None


def is_owned(path: str) -> bool:
    """Return whether the current user owns ``path``, and what it leads to if it is a link."""
    if os.name == "nt":
        return True

    user = os.geteuid()

    try:
        return os.lstat(path).st_uid == user and (not os.path.exists(path) or os.stat(path).st_uid == user)
    except OSError:
        return False


def refuse_managed(interpreter: Interpreter) -> None:
    """Raise `ExternallyManagedError` with the distribution's own words where PEP 668 applies."""
    if interpreter.externally_managed is None:
        return

    raise ExternallyManagedError(
        f"the packages of {interpreter.executable} are kept by another package manager (PEP 668)",
        hint=f"{CREATE} (or insist, at the risk of breaking the system, with --break-system-packages)",
        details=tuple(interpreter.externally_managed.splitlines()),
    )
