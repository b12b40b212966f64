"""Chooses the environment that a command reads or changes, and refuses what is not to be changed.

The order: ``--target`` and ``--prefix``; ``--python``; ``--system``; ``VIRTUAL_ENV``; ``CONDA_PREFIX``;
a ``.venv`` here or above. Outside of all of them nothing is guessed: the error says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zephyr.environments.active import active_environment
from zephyr.environments.errors import ExternallyManaged, NoEnvironment
from zephyr.environments.layout import FOLDER
from zephyr.errors import UsageError

if TYPE_CHECKING:
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.environment import Environment
    from zephyr.model.interpreter import Interpreter

CREATE = "Make an environment with: zephyr venv create"


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
        NoEnvironment: nothing was chosen, nothing is active, nothing lies here or above.
        EnvironmentBroken: the environment meant cannot be used, and why.
        ExternallyManaged: it may not be changed.
        UsageError: options that exclude each other.
        ZephyrError: whatever `find_interpreter` raises for ``--python``.

    """
    chosen = [name for name in ("system", "prefix", "target") if getattr(choice, name)]

    if len(chosen) > 1:
        raise UsageError(
            f"--{chosen[0]} and --{chosen[1]} exclude each other",
            hint="Give the one that says where to install.",
            id="conflicting-options",
        )

    if choice.prefix or choice.target or choice.python is not None or choice.system:
        # Most commands are about the active environment, and need no search.
        from zephyr.environments.explicit import elsewhere, named

        if choice.prefix or choice.target:
            return elsewhere(choice, surroundings)

        environment = named(choice, surroundings)
    else:
        environment = around(surroundings)

    if changes and not choice.break_system_packages:
        refuse_managed(environment.interpreter)

    return environment


def around(surroundings: Surroundings) -> Environment:
    """Return the active environment, or the ``.venv`` here or above; raises `NoEnvironment`."""
    passed: list[str] = []

    if found := active_environment(surroundings, passed):
        return found

    raise NoEnvironment(
        f"There is no environment: none is active, and no {FOLDER} is in {surroundings.folder} or above it",
        hint=f"{CREATE} (or name one with --python, or the interpreter itself with --system).",
        details=tuple(passed),
    )


def refuse_managed(interpreter: Interpreter) -> None:
    """Raise `ExternallyManaged` with the distribution's own words where PEP 668 applies."""
    if interpreter.externally_managed is None:
        return

    raise ExternallyManaged(
        f"The packages of {interpreter.executable} are kept by another package manager (PEP 668)",
        hint=f"{CREATE} (or insist, at the risk of breaking the system, with --break-system-packages).",
        details=tuple(interpreter.externally_managed.splitlines()),
    )
