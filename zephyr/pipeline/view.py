"""Which installed distributions a command that only looks is about: all that are visible, or a part."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from zephyr.environments.facts import query_interpreter
from zephyr.environments.installed import Installed, read_installed
from zephyr.environments.layout import sees_its_base
from zephyr.environments.user_site import user_site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.environment import Environment, InstalledDistribution


class Scope(Enum):
    """How far a look goes."""

    VISIBLE = "visible"
    """All that the environment's interpreter can import."""
    LOCAL = "local"
    """The environment's own folders."""
    USER = "user"
    """The user's own site-packages."""


def view(environment: Environment, scope: Scope, surroundings: Surroundings) -> Installed:
    """Return the distributions of ``environment`` within ``scope``.

    An environment made with ``--system-site-packages`` sees the user's and its base's packages behind its own
    (PEP 405). What is broken is told of the environment's own folders only.
    """
    own = (environment.scheme.purelib, environment.scheme.platlib)
    user, base = _behind(environment, surroundings)

    if scope is Scope.LOCAL:
        return read_installed(own)

    if scope is Scope.USER:
        return view_of_folders(user)

    layers = [read_installed(folders) for folders in (own, user, base)]

    return Installed(_first_of_each_name(layers), layers[0].findings)


def view_of_folders(folders: Iterable[str]) -> Installed:
    """Return the distributions in ``folders``; of a name that is in several the first one counts."""
    layers = [read_installed((folder,)) for folder in folders]

    return Installed(
        _first_of_each_name(layers), tuple(finding for layer in layers for finding in layer.findings)
    )


def _first_of_each_name(layers: Iterable[Installed]) -> tuple[InstalledDistribution, ...]:
    found = {one.name: one for layer in reversed(list(layers)) for one in layer.distributions}

    return tuple(sorted(found.values(), key=lambda one: one.name))


def _behind(environment: Environment, surroundings: Surroundings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the folders of the user and of the base that the environment's interpreter sees."""
    interpreter = environment.interpreter
    base: tuple[str, ...] = ()

    if interpreter.is_virtual_environment:
        if not sees_its_base(environment.root):
            return (), ()

        interpreter = query_interpreter(interpreter.base_executable, surroundings.environ, surroundings.store)
        base = (interpreter.scheme.purelib, interpreter.scheme.platlib)

    user = user_site(interpreter, surroundings.environ)

    return (user,) if user else (), base
