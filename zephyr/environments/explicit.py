"""The environments that options name: ``--python``, ``--system``, ``--user``, ``--prefix``, ``--target``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.environments.active import active_environment
from zephyr.environments.discovery import find_interpreter, resolve
from zephyr.environments.layout import CONFIGURATION, environment_scheme, headers_folder, library_name
from zephyr.environments.opening import environment_at, of_interpreter
from zephyr.environments.request import PathRequest, VersionRequest, parse_request
from zephyr.environments.user_site import user_environment
from zephyr.errors import ZephyrError
from zephyr.model.environment import Environment
from zephyr.model.interpreter import Scheme

if TYPE_CHECKING:
    from zephyr.environments.selection import Choice
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.interpreter import Interpreter


class TargetNotAFolder(ZephyrError):
    """Raised for a ``--target`` that is something else than a folder."""

    id = "target-not-a-folder"


def explicit(choice: Choice, surroundings: Surroundings) -> Environment:
    """Return the environment that at least one option names. Raises what `select_environment` documents."""
    if choice.target:
        environment = _target(surroundings.absolute(choice.target), _borrowed(choice, surroundings))
    elif choice.prefix:
        interpreter, root = _borrowed(choice, surroundings), surroundings.absolute(choice.prefix)
        environment = Environment("prefix", root, interpreter, prefix_scheme(interpreter, root))
    elif choice.user:
        environment = user_environment(_borrowed(choice, surroundings), surroundings.environ)
    elif choice.python is not None or choice.system:
        environment = named(choice, surroundings)
    else:
        environment = of_interpreter(_borrowed(choice, surroundings))

    return below(surroundings.absolute(choice.root), environment) if choice.root else environment


def _borrowed(choice: Choice, surroundings: Surroundings) -> Interpreter:
    """Return the interpreter for folders that have none: the named one, the active one, or the first."""
    if choice.python is not None or choice.system:
        return named(choice, surroundings).interpreter

    active = active_environment(surroundings)

    return active.interpreter if active else find_interpreter(None, surroundings)


def _target(root: str, interpreter: Interpreter) -> Environment:
    if os.path.exists(root) and not os.path.isdir(root):
        raise TargetNotAFolder(
            f"--target {root} exists but is not a directory, will not continue",
            hint="Name a folder, which need not exist yet.",
        )

    is_virtual = interpreter.is_virtual_environment
    headers = (
        headers_folder(root, interpreter.minor) if is_virtual else os.path.join(root, "include", "python")
    )
    scheme = Scheme(root, root, os.path.join(root, "bin"), headers, root)

    return Environment("target", root, interpreter, scheme)


def below(root: str, environment: Environment) -> Environment:
    """Return ``environment`` with its folders below the folder ``root``, as ``--root`` has it.

    The interpreter stays the one that scripts name: they are run where ``root`` is ``/``.
    """

    def moved(folder: str) -> str:
        return os.path.join(root, os.path.splitdrive(folder)[1].lstrip("/\\"))

    scheme = environment.scheme
    folders = (scheme.purelib, scheme.platlib, scheme.scripts, scheme.headers, scheme.data)

    return Environment("root", moved(environment.root), environment.interpreter, Scheme(*map(moved, folders)))


def prefix_scheme(interpreter: Interpreter, root: str) -> Scheme:
    """Return the folders of an installation of ``interpreter`` whose prefix is ``root``."""
    library = library_name(
        interpreter.implementation, interpreter.minor, free_threaded=interpreter.free_threaded
    )
    scheme = environment_scheme(root, interpreter.platform, library, interpreter.minor)
    own = os.path.join(root, "Include" if interpreter.platform == "nt" else f"include/{library}")
    # As with pip: an environment's Python puts headers below include/site, wherever the prefix is.
    headers = scheme.headers if interpreter.is_virtual_environment else own

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
