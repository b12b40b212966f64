"""The environments that options name: ``--python``, ``--system``, ``--prefix`` and ``--target``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.environments.active import active_environment
from zephyr.environments.discovery import find_interpreter, resolve
from zephyr.environments.layout import CONFIGURATION, environment_scheme, library_name
from zephyr.environments.opening import environment_at, of_interpreter
from zephyr.environments.request import PathRequest, VersionRequest, parse_request
from zephyr.model.environment import Environment, EnvironmentKind
from zephyr.model.interpreter import Scheme

if TYPE_CHECKING:
    from zephyr.environments.selection import Choice
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.interpreter import Interpreter


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


def named(choice: Choice, surroundings: Surroundings) -> Environment:
    """Return the environment that ``--python``, or else ``--system``, names.

    A version means the active environment, or the one here or above, if that is of this version: only
    else an interpreter outside of any.
    """
    if choice.python is None:
        return of_interpreter(find_interpreter(None, surroundings))

    request = parse_request(choice.python, surroundings.folder)

    if isinstance(request, VersionRequest):
        active = None if choice.system else active_environment(surroundings)

        if active and request.admits(active.interpreter, prereleases=True):
            return active
    elif isinstance(request, PathRequest) and os.path.isfile(os.path.join(request.path, CONFIGURATION)):
        return environment_at(request.path, surroundings)

    return of_interpreter(resolve(request, choice.python, surroundings))
