"""Making a virtual environment, with pip in it where that is asked for."""

from __future__ import annotations

import os
import time

from zephyr.dataclass import dataclass
from zephyr.environments.creation import new_environment
from zephyr.environments.discovery import find_interpreter
from zephyr.environments.links import is_link
from zephyr.environments.surroundings import Surroundings
from zephyr.memo.trace import decided, has_changed
from zephyr.pipeline.cache import CacheLocation, open_cache
from zephyr.pipeline.kept_environment import kept_environment

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
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

        new = new_environment(
            request.path,
            interpreter,
            prompt=request.prompt,
            system_site_packages=request.system_site_packages,
        )
        decided(new.environment.root, ())

        if request.clear:
            from zephyr.pipeline.replacing import changed_by_nobody

            with changed_by_nobody(request.path, listener):
                environment = new.make(clear=True, store=cache)
        else:
            environment = new.make(store=cache)

    if not request.clear and request.seeding is None:
        has_changed(kept_environment(new))

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
