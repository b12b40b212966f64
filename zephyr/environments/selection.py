"""Chooses the environment that a command reads or changes, and refuses what is not to be changed.

The order: ``--target`` and ``--prefix``; ``--python``; ``--system``; ``VIRTUAL_ENV``; ``CONDA_PREFIX``;
a ``.venv`` here or above. Outside of all of them nothing is guessed: the error says what to do. ``--user``
means the user's folders beside what was found so, or beside the first Python; ``--root`` puts all elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.environments.active import active_environment
from zephyr.environments.errors import ExternallyManaged, NoEnvironment, VirtualEnvironmentRequired
from zephyr.environments.layout import FOLDER
from zephyr.errors import ZephyrError

if TYPE_CHECKING:
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.environment import Environment
    from zephyr.model.interpreter import Interpreter

CREATE = "Make an environment with: zephyr venv create"
_MANAGED = frozenset({"system", "user"})
"""What PEP 668 is about."""


class ConflictingDestinations(ZephyrError):
    """Raised for two options that say where to install; exits as pip does."""

    id = "conflicting-options"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line says of the environment."""

    python: str | None = None
    """``--python``: a version, name or path of an interpreter, or the folder of an environment."""
    system: bool = False
    prefix: str | None = None
    target: str | None = None
    user: bool = False
    """The user's own folders (PEP 370)."""
    root: str | None = None
    """Another root folder, below which the folders of the environment are."""
    break_system_packages: bool = False
    """Change an interpreter that another package manager keeps (PEP 668)."""
    require_virtual: bool = False
    """Refuse an interpreter outside of any virtual environment."""


def select_environment(choice: Choice, surroundings: Surroundings, *, changes: bool = True) -> Environment:
    """Return the environment that ``choice`` and ``surroundings`` mean.

    ``changes`` is false for commands that only look: those are never refused for PEP 668.

    Raises:
        NoEnvironment: nothing was chosen, nothing is active, nothing lies here or above.
        EnvironmentBroken: the environment meant cannot be used, and why.
        ExternallyManaged: it may not be changed.
        VirtualEnvironmentRequired: it is none, and only one was allowed.
        UserSiteInvisible: ``--user`` means folders that the interpreter does not look into.
        ConflictingDestinations: options that exclude each other.
        ZephyrError: whatever `find_interpreter` raises for ``--python``.

    """
    _refuse_conflicts(choice)
    environment = _chosen(choice, surroundings)

    if choice.require_virtual and environment.kind in _MANAGED:
        raise VirtualEnvironmentRequired(
            f"{environment.interpreter.executable} belongs to no virtual environment, and "
            "--require-virtualenv allows nothing else",
            hint=f"{CREATE} (or activate one).",
        )

    if environment.kind in _MANAGED and changes and not choice.break_system_packages:
        refuse_managed(environment.interpreter)

    return environment


def _refuse_conflicts(choice: Choice) -> None:
    chosen = [name for name in ("system", "user", "prefix", "target") if getattr(choice, name)]

    if len(chosen) > 1 and chosen != ["system", "user"]:
        raise ConflictingDestinations(
            f"Can not combine '--{chosen[0]}' and '--{chosen[1]}': each says where to install",
            hint="Give the one that is meant.",
        )

    if choice.target and choice.root:
        raise ConflictingDestinations(
            "Can not combine '--root' and '--target': each says where to install",
            hint="Give the one that is meant.",
        )


def _chosen(choice: Choice, surroundings: Surroundings) -> Environment:
    options = (choice.prefix, choice.target, choice.python, choice.system, choice.user, choice.root)

    if not any(options):
        return around(surroundings)

    # Most commands are about the active environment, and need no search.
    from zephyr.environments.explicit import explicit

    return explicit(choice, surroundings)


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
