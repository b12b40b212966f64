"""Makes virtual environments (PEP 405) without running anything.

An environment is put together in a folder beside its place and renamed in, so that it is there as a
whole or not at all.
"""

from __future__ import annotations

import os

from zephyr.environments.contents import write_environment
from zephyr.environments.derivation import base_of, in_environment
from zephyr.environments.errors import (
    EnvironmentExists,
    EnvironmentUnwritable,
    InvalidEnvironmentPath,
    NotAnEnvironment,
)
from zephyr.environments.facts import remember
from zephyr.environments.identity import interpreter_identity
from zephyr.environments.layout import CONFIGURATION
from zephyr.environments.leftovers import remove_leftovers
from zephyr.environments.links import is_link
from zephyr.environments.placement import Place, put_in_place, staging
from zephyr.model.environment import Environment, EnvironmentKind

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr.environments.fact_store import FactStore
    from zephyr.model.interpreter import Interpreter


def create_environment(
    path: str,
    base: Interpreter,
    *,
    prompt: str | None = None,
    system_site_packages: bool = False,
    clear: bool = False,
    store: FactStore | None = None,
) -> Environment:
    """Make a virtual environment of ``base`` at ``path`` and return it.

    ``base`` may itself belong to an environment: then that one's base is used. ``prompt`` is the name
    that activation shows (default: the folder's). With ``clear`` an environment that is there already is
    replaced, everything in it included. The facts of the new interpreter go to ``store``.

    Raises:
        EnvironmentExists: there is an environment and ``clear`` is not given.
        NotAnEnvironment: there is something else, which is never touched.
        InvalidEnvironmentPath: no environment can work at ``path``.
        EnvironmentUnwritable: the file system refuses.

    """
    name = prompt or os.path.basename(os.path.abspath(path))
    environment = environment_to_be(path, base)
    root, interpreter = environment.root, environment.interpreter
    remove_leftovers(root)
    place = examine(root, clear=clear)

    try:
        with staging(root) as stage:
            write_environment(stage, environment, name, system_site_packages=system_site_packages)
            put_in_place(stage, root, place)
    except OSError as error:
        raise EnvironmentUnwritable(
            f"Cannot create the environment {root}: {error.strerror or error}",
            hint="Choose another folder, or make this one writable.",
            details=(str(error.filename),) if error.filename else (),
        ) from error

    if identity := interpreter_identity(interpreter.executable):
        remember(store, identity, interpreter)

    return environment


def environment_to_be(path: str, base: Interpreter) -> Environment:
    """Return what `create_environment` would make at ``path``; nothing is made, or looked at there.

    Raises `InvalidEnvironmentPath`.
    """
    # Through a link to an environment that one is meant; a link that leads nowhere is no place for one.
    root = os.path.abspath(path)

    if is_link(root) and os.path.exists(root):
        root = os.path.realpath(root)

    refuse_unusable(root, base.platform)
    interpreter = in_environment(base, root, base_of(base))

    return Environment(EnvironmentKind.VIRTUAL, root, interpreter, interpreter.scheme)


def refuse_unusable(root: str, platform: str) -> None:
    """Raise `InvalidEnvironmentPath` for a path that ``PATH`` or ``pyvenv.cfg`` cannot hold."""
    separator = ";" if platform == "nt" else ":"

    if separator in root:
        raise InvalidEnvironmentPath(
            f"No environment can be at {root!r}: {separator!r} separates the entries of PATH",
            hint="Choose a path without it.",
        )


def examine(root: str, *, clear: bool) -> Place:
    """Return what is at ``root``; raises as `create_environment` does for what may not be replaced."""
    if not os.path.lexists(root):
        return Place.FREE

    if not os.path.isdir(root):
        what = "a link that leads nowhere" if os.path.islink(root) else "a file"
        raise NotAnEnvironment(
            f"{root} is {what}, not an environment", hint="Remove it yourself, or choose another path."
        )

    if os.path.isfile(os.path.join(root, CONFIGURATION)):
        if not clear:
            raise EnvironmentExists(
                f"There is an environment at {root} already",
                hint="Use it as it is, or replace it and all that is installed in it with --clear.",
            )

        return Place.ENVIRONMENT

    if os.listdir(root):
        raise NotAnEnvironment(
            f"{root} is not empty and not an environment: it is left alone",
            hint="Choose another path, or remove the folder yourself.",
        )

    return Place.EMPTY
