"""Makes virtual environments (PEP 405) without running anything."""

from __future__ import annotations

import os

from zephyr.dataclass import dataclass
from zephyr.environments.contents import contents_of
from zephyr.environments.derivation import base_of, in_environment
from zephyr.environments.errors import InvalidEnvironmentPath
from zephyr.environments.facts import remember
from zephyr.environments.identity import interpreter_identity
from zephyr.environments.links import is_link
from zephyr.environments.making import Contents, make
from zephyr.model.environment import Environment

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr.environments.fact_store import FactStore
    from zephyr.model.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class NewEnvironment:
    """An environment that is to be made, and what is to be in it."""

    environment: Environment
    contents: Contents

    def make(self, *, clear: bool = False, store: FactStore | None = None) -> Environment:
        """Make it, tell ``store`` the facts of its interpreter, and return it; raises as `making.make`."""
        make(self.environment.root, self.contents, clear=clear)
        interpreter = self.environment.interpreter

        if identity := interpreter_identity(interpreter.executable):
            remember(store, identity, interpreter)

        return self.environment


def create_environment(
    path: str,
    base: Interpreter,
    *,
    prompt: str | None = None,
    system_site_packages: bool = False,
    clear: bool = False,
    store: FactStore | None = None,
) -> Environment:
    """Make a virtual environment as `new_environment` and `NewEnvironment.make` do, and return it."""
    new = new_environment(path, base, prompt=prompt, system_site_packages=system_site_packages)

    return new.make(clear=clear, store=store)


def new_environment(
    path: str, base: Interpreter, *, prompt: str | None = None, system_site_packages: bool = False
) -> NewEnvironment:
    """Return the virtual environment of ``base`` that can be made at ``path``.

    ``base`` may itself belong to an environment: then that one's base is used. ``prompt`` is the name
    that activation shows (default: the folder's). Raises `InvalidEnvironmentPath`.
    """
    name = prompt or os.path.basename(os.path.abspath(path))
    environment = environment_to_be(path, base)

    return NewEnvironment(
        environment, contents_of(environment, name, system_site_packages=system_site_packages)
    )


def environment_to_be(path: str, base: Interpreter) -> Environment:
    """Return the environment of ``base`` at ``path``; nothing is made, or looked at there.

    Raises `InvalidEnvironmentPath`.
    """
    # Through a link to an environment that one is meant; a link that leads nowhere is no place for one.
    root = os.path.abspath(path)

    if is_link(root) and os.path.exists(root):
        root = os.path.realpath(root)

    refuse_unusable(root, base.platform)
    interpreter = in_environment(base, root, base_of(base))

    return Environment("virtual", root, interpreter, interpreter.scheme)


def refuse_unusable(root: str, platform: str) -> None:
    """Raise `InvalidEnvironmentPath` for a path that ``PATH`` or ``pyvenv.cfg`` cannot hold."""
    separator = ";" if platform == "nt" else ":"

    if separator in root:
        raise InvalidEnvironmentPath(
            f"No environment can be at {root!r}: {separator!r} separates the entries of PATH",
            hint="Choose a path without it.",
        )
