"""Making a virtual environment, with pip in it where that is asked for."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from packaging.specifiers import SpecifierSet

from zephyr.environments.creation import create_environment
from zephyr.environments.discovery import find_interpreter
from zephyr.environments.selection import Choice
from zephyr.environments.surroundings import Surroundings
from zephyr.pipeline.cache import CacheLocation, open_cache

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    cache: CacheLocation = CacheLocation()  # noqa: RUF009 - frozen
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
    import tomllib

    try:
        with open(os.path.join(folder, "pyproject.toml"), "rb") as file:
            document: dict[str, Any] = tomllib.load(file)

        return SpecifierSet(document["project"]["requires-python"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
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
        interpreter = find_interpreter(
            request.python, surroundings, requires_python=required_python(surroundings.folder)
        )
        environment = create_environment(
            request.path,
            interpreter,
            prompt=request.prompt,
            system_site_packages=request.system_site_packages,
            clear=request.clear,
            store=cache,
        )

    if request.seeding is not None:
        from zephyr.pipeline.install import run_install

        choice = Choice(python=environment.root)
        outcome = run_install(replace(request.seeding, environment=choice), environ, listener)
        warnings += outcome.warnings

    return CreatedVenv(environment, time.monotonic() - begin, tuple(warnings))
