"""Opens an environment that exists, or says exactly why it cannot be used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.environments.errors import EnvironmentBroken, InterpreterBroken
from zephyr.environments.facts import query_interpreter
from zephyr.environments.layout import CONFIGURATION, executable_of, read_configuration
from zephyr.model.environment import Environment

if TYPE_CHECKING:
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.environment import EnvironmentKind
    from zephyr.model.interpreter import Interpreter


def environment_at(root: str, surroundings: Surroundings, *, origin: str | None = None) -> Environment:
    """Return the environment in the folder ``root``; ``origin`` is the variable that names it.

    Raises `EnvironmentBroken` with the exact reason when it cannot be used.
    """
    root = surroundings.absolute(root)
    executable = executable_of(root, os.name)

    # Conda's environments on Windows have it in their root.
    if os.name == "nt" and not os.path.isfile(executable):
        executable = os.path.join(root, "python.exe")

    refuse_broken(root, executable, origin)

    try:
        interpreter = query_interpreter(executable, surroundings.environ, surroundings.store)
    except InterpreterBroken as error:
        raise broken(
            root, origin, "its interpreter does not work", (error.message, *error.details)
        ) from error

    if os.path.realpath(interpreter.prefix) != os.path.realpath(root):
        raise broken(
            root, origin, f"its interpreter belongs to {interpreter.prefix} ({CONFIGURATION} is lost?)"
        )

    return Environment("virtual", root, interpreter, interpreter.scheme)


def refuse_broken(root: str, executable: str, origin: str | None) -> None:
    """Raise `EnvironmentBroken` for what can be seen without running anything."""
    if os.path.isfile(executable):
        return

    if not os.path.exists(root):
        reason = "it is a link that leads nowhere" if os.path.islink(root) else "there is no such folder"
    elif not os.path.isdir(root):
        reason = "it is a file"
    elif os.path.islink(executable):
        reason = f"the Python that it was made from is gone: {os.path.realpath(executable)}"
    elif home := (read_configuration(root) or {}).get("home"):
        reason = f"it has no interpreter (it was made from one in {home})"
    else:
        reason = f"it holds neither {CONFIGURATION} nor an interpreter"

    raise broken(root, origin, reason)


def broken(root: str, origin: str | None, reason: str, details: tuple[str, ...] = ()) -> EnvironmentBroken:
    """Return the error for the environment at ``root``."""
    named_by = f"{origin} names {root}, but" if origin else f"{root} is no usable environment:"
    import shlex

    hint = f"make it anew with: zephyr venv create --clear {shlex.quote(root)}"

    if origin and not os.path.exists(root):
        hint = f"activate another environment, or unset {origin}"

    return EnvironmentBroken(f"{named_by} {reason}", hint=hint, details=details)


def of_interpreter(interpreter: Interpreter) -> Environment:
    """Return the environment that an interpreter installs to by itself."""
    is_conda = os.path.isdir(os.path.join(interpreter.prefix, "conda-meta"))
    kind: EnvironmentKind = "system"

    if interpreter.is_virtual_environment or is_conda:
        kind = "virtual"

    return Environment(kind, interpreter.prefix, interpreter, interpreter.scheme)
