"""Making a virtual environment, with pip in it where that is asked for."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager

from zephyr.dataclass import dataclass
from zephyr.environments.creation import create_environment
from zephyr.environments.discovery import find_interpreter
from zephyr.environments.links import is_link
from zephyr.environments.surroundings import Surroundings
from zephyr.pipeline.cache import CacheLocation, open_cache

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from typing import Any

    from packaging.specifiers import SpecifierSet

    from zephyr.graph.events import Listener
    from zephyr.model.environment import Environment
    from zephyr.pipeline.request import InstallRequest


@dataclass(frozen=True, slots=True)
class VenvRequest:
    """Everything ``zephyr venv create`` was asked."""

    path: str
    python: str | None = None
    prompt: str | None = None
    system_site_packages: bool = False
    clear: bool = False
    cache: CacheLocation = CacheLocation()
    seeding: InstallRequest | None = None
    """What to install into it; the environment is filled in here."""


@dataclass(frozen=True, slots=True)
class CreatedVenv:
    """The environment, how long it took, and what the user should know."""

    environment: Environment
    seconds: float
    warnings: tuple[str, ...] = ()


def required_python(folder: str) -> SpecifierSet | None:
    """Return the ``requires-python`` of the project in ``folder``, None where there is none to be read."""
    try:
        with open(os.path.join(folder, "pyproject.toml"), "rb") as file:
            content = file.read()
    except OSError:
        return None

    import tomllib

    from packaging.specifiers import SpecifierSet

    try:
        document: dict[str, Any] = tomllib.loads(content.decode())

        return SpecifierSet(document["project"]["requires-python"])
    except (ValueError, KeyError, TypeError, AttributeError):
        # Whoever builds or locks the project says what is wrong with the file; an environment can be made.
        return None


def create_venv(request: VenvRequest, environ: Mapping[str, str], listener: Listener) -> CreatedVenv:
    """Find the interpreter, make the environment, and seed it.

    Raises whatever `zephyr.environments` and, with ``seeding``, an install raise.
    """
    begin = time.monotonic()
    warnings: list[str] = []

    with open_cache(request.cache, warnings.append) as cache:
        surroundings = Surroundings(os.getcwd(), environ, cache)
        required = None if request.python else required_python(surroundings.folder)
        interpreter = find_interpreter(request.python, surroundings, requires_python=required)

        _refuse_another_projects(os.path.abspath(request.path), environ)

        with _changed_by_nobody(request, listener):
            environment = create_environment(
                request.path,
                interpreter,
                prompt=request.prompt,
                system_site_packages=request.system_site_packages,
                clear=request.clear,
                store=cache,
            )

    if request.seeding is not None:
        from zephyr.dataclass import replace
        from zephyr.environments.selection import Choice
        from zephyr.pipeline.install import run_install

        choice = Choice(python=environment.root)
        outcome = run_install(replace(request.seeding, environment=choice), environ, listener)
        warnings += outcome.warnings

    return CreatedVenv(environment, time.monotonic() - begin, tuple(warnings))


def _refuse_another_projects(path: str, environ: Mapping[str, str]) -> None:
    """Raise EnvironmentOfAnotherProject where a copied project's link leads to what is not to be replaced."""
    if is_link(path):
        from zephyr.environments.project import environment_behind

        environment_behind(path, environ)


@contextmanager
def _changed_by_nobody(request: VenvRequest, listener: Listener) -> Generator[None]:
    """Hold the lock of an environment that is to be replaced: whoever is changing it ends first.

    Raises EnvironmentLocked after `zephyr.install.lock.TIMEOUT` seconds.
    """
    lock = os.path.join(os.path.realpath(request.path), ".zephyr", "lock")

    # On Windows a folder that holds an open file cannot be moved away: there the move itself is refused.
    if not request.clear or os.name == "nt" or not os.path.exists(lock):
        yield
        return

    from zephyr.graph.events import Notice
    from zephyr.install import lock as environment_lock
    from zephyr.install.filesystem import FileSystem

    def waiting(holder: str) -> None:
        text = f"Waiting for another command that changes {request.path}: {holder}"
        listener(Notice("warning", text, time.monotonic()))

    with environment_lock.exclusive(lock, FileSystem(), timeout=environment_lock.TIMEOUT, waiting=waiting):
        yield
