"""Finds the interpreter that is meant: by version, name or path, or the one that is usual here.

Looked at in this order: PATH, pyenv's versions, the registry of Windows. Whatever cannot be asked is
passed over in a search, and told in the error if nothing else is found; named exactly, it is the error.
"""

from __future__ import annotations

import os

from zephyr.environments.candidates import candidates, is_idle_shim
from zephyr.environments.errors import InterpreterNotFound
from zephyr.environments.facts import query_interpreter
from zephyr.environments.pins import pinned_request
from zephyr.environments.pyenv import is_shim, pyenv_root, resolve_shim
from zephyr.environments.request import (
    NameRequest,
    PathRequest,
    VersionRequest,
    parse_request,
    version_in_name,
)
from zephyr.errors import ZephyrError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

    from zephyr.environments.request import Request
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.interpreter import Interpreter


def find_interpreter(
    request: str | None,
    surroundings: Surroundings,
    *,
    requires_python: SpecifierSet | None = None,
) -> Interpreter:
    """Return the interpreter that ``request`` means, or without one the usual interpreter here.

    The usual one is what a ``.python-version`` here or above asks for, else the first ``python3`` on
    PATH, else any other, that ``requires_python`` admits. A search by version or without a request
    takes an environment's interpreter for its base; one named by path or name is returned as it is.

    Raises:
        InvalidPythonRequest: the request, or the ``.python-version``, cannot be understood.
        InterpreterNotFound: nothing found fits.
        InterpreterBroken, InterpreterTooOld: what was named exactly is that.

    """
    if request is not None:
        return resolve(parse_request(request, surroundings.folder), request, surroundings)

    if pinned := pinned_request(surroundings):
        origin, text = pinned

        return base_interpreter(
            resolve(
                pinned_meaning(text, origin, surroundings), f"{text} (asked for by {origin})", surroundings
            ),
            surroundings,
        )

    wanted = f"a Python {requires_python}" if requires_python else "a Python 3"

    return search(VersionRequest(requires_python), wanted, surroundings)


def pinned_meaning(text: str, origin: str, surroundings: Surroundings) -> Request:
    """Return what the word ``text`` of the file ``origin`` asks for; pyenv's names of versions count."""
    root = pyenv_root(surroundings.environ)
    place = os.path.join(root, "versions", text) if root and not {"/", os.sep} & {*text} else None

    if place and not text[:1].isdigit() and os.path.isdir(place):
        return PathRequest(place)

    return parse_request(text, os.path.dirname(origin), origin=origin)


def resolve(request: Request, wanted: str, surroundings: Surroundings) -> Interpreter:
    """Return the interpreter for a parsed ``request``; ``wanted`` is how a failure calls it."""
    if isinstance(request, PathRequest):
        return query(executable_at(request.path), surroundings)

    if isinstance(request, NameRequest):
        return by_name(request, wanted, surroundings)

    return search(request, f"Python {wanted}", surroundings)


def executable_at(path: str) -> str:
    """Return ``path``, or in a folder the interpreter of the environment or installation there.

    Raises `InterpreterNotFound` where there is none.
    """
    if not os.path.isdir(path):
        return path

    names = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe", "bin/pypy3")
    candidates = [os.path.join(path, *name.split("/")) for name in names]

    for candidate in candidates:
        if os.path.isfile(candidate):
            return candidate

    import shlex

    raise InterpreterNotFound(
        f"The folder {path} holds no Python interpreter",
        hint=f"Make an environment there with: zephyr venv create {shlex.quote(path)}.",
    )


def by_name(request: NameRequest, wanted: str, surroundings: Surroundings) -> Interpreter:
    """Return the first executable of the name on PATH, else any of the version that the name speaks of."""
    suffixes = ("", ".exe") if os.name == "nt" else ("",)

    for folder in surroundings.search_path:
        for suffix in suffixes:
            path = os.path.join(folder, request.name + suffix)

            if os.access(path, os.X_OK) and not is_idle_shim(path, surroundings):
                return query(path, surroundings)

    if request.otherwise is not None:
        return search(request.otherwise, wanted, surroundings)

    raise InterpreterNotFound(
        f"There is no {wanted!r} on PATH", hint="Name a Python by version (3.12) or by its path."
    )


def query(path: str, surroundings: Surroundings) -> Interpreter:
    """Ask the interpreter at ``path``; a pyenv shim stands for what it would run."""
    executable = resolve_shim(path, surroundings) if is_shim(path) else None

    return query_interpreter(executable or path, surroundings.environ, surroundings.store)


def base_interpreter(interpreter: Interpreter, surroundings: Surroundings) -> Interpreter:
    """Return the interpreter that an environment's leans on, any other as it is."""
    if not interpreter.is_virtual_environment:
        return interpreter

    return query(interpreter.base_executable, surroundings)


def search(request: VersionRequest, wanted: str, surroundings: Surroundings) -> Interpreter:
    """Return the first interpreter found that ``request`` admits, a pre-release if nothing else is."""
    passed: dict[str, str] = {}
    prerelease: Interpreter | None = None

    for path in candidates(surroundings):
        if named_otherwise(path, request) or is_idle_shim(path, surroundings):
            continue

        try:
            interpreter = base_interpreter(query(path, surroundings), surroundings)
        except ZephyrError as error:
            passed[path] = error.message
            continue

        if request.admits(interpreter):
            return interpreter

        if prerelease is None and request.admits(interpreter, prereleases=True):
            prerelease = interpreter

        passed[path] = f"{path} is {interpreter.implementation} {interpreter.version}"

    if prerelease is not None:
        return prerelease

    places = "on PATH or in the registry" if os.name == "nt" else "on PATH or among pyenv's versions"

    raise InterpreterNotFound(
        f"{wanted} was not found {places}",
        hint="Install it, or name one by path with --python.",
        details=tuple(passed.values()),
    )


def named_otherwise(path: str, request: VersionRequest) -> bool:
    """Return whether the name ``python3.10`` already rules an interpreter out for ``request``."""
    named = version_in_name(os.path.basename(path)) or ""
    exact = [clause.version.split(".") for clause in request.specifier or () if clause.operator == "=="]

    if named.startswith("2"):
        return True

    return "." in named and any(
        len(parts) > 1 and parts[1] != "*" and parts[:2] != named.split(".") for parts in exact
    )
