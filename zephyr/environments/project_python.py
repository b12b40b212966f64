"""The Python of a project's environment: which one it is made with, and whether the one it has will do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from zephyr.dataclass import dataclass, replace
from zephyr.environments.errors import EnvironmentOfAnotherPython, PythonUnsupported
from zephyr.environments.layout import FOLDER
from zephyr.environments.pins import pinned_request
from zephyr.environments.request import NameRequest, VersionRequest, parse_request

if TYPE_CHECKING:
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.environment import Environment
    from zephyr.model.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class PythonDemand:
    """What a project's Python must be."""

    root: str
    """The project's folder: a ``.python-version`` is looked for there and above."""
    python: str | None = None
    """``--python``."""
    requires_python: str | None = None
    """A specifier (PEP 440)."""

    @property
    def text(self) -> str | None:
        """What asks for the Python, None where nothing does."""
        return self.python or self.requires_python

    def supports(self, interpreter: Interpreter) -> bool:
        """Return whether ``requires-python`` admits the interpreter; pre-releases are versions like any."""
        specifier = SpecifierSet(self.requires_python or "")

        return specifier.contains(interpreter.version, prereleases=True)


def project_interpreter(demand: PythonDemand, surroundings: Surroundings) -> Interpreter:
    """Return the interpreter that a project's environment is to be made with.

    That is what ``--python`` means, or a ``.python-version`` in the project or above, or the usual one
    here that ``requires-python`` admits. Raises `PythonUnsupported` if ``requires-python`` does not admit
    what was asked for, and whatever `find_interpreter` raises.
    """
    from zephyr.environments.discovery import base_interpreter, find_interpreter

    if demand.python is not None:
        found = find_interpreter(demand.python, surroundings)
        asked = f"--python {demand.python}"
    else:
        at_root = replace(surroundings, folder=demand.root)
        requires = SpecifierSet(demand.requires_python or "")
        found = find_interpreter(None, at_root, requires_python=requires)
        pinned = pinned_request(at_root)
        asked = pinned[0] if pinned else found.executable

    if not demand.supports(found):
        raise PythonUnsupported(
            f"{asked} means Python {found.version}, and the project requires {demand.requires_python}",
            hint="Name another with --python, or change requires-python in the project.",
        )

    return base_interpreter(found, surroundings)


def refuse_other_python(environment: Environment, demand: PythonDemand, surroundings: Surroundings) -> None:
    """Raise `EnvironmentOfAnotherPython` for an environment that has not the Python that is asked for."""
    interpreter = environment.interpreter

    if demand.python is not None and not is_meant(demand.python, interpreter, surroundings):
        wanted = demand.python
        reason = f"--python asks for {wanted}"
    elif not demand.supports(interpreter):
        wanted = demand.requires_python or ""
        reason = f"the project requires {wanted}"
    else:
        return

    import shlex

    link = os.path.join(demand.root, FOLDER)
    path = link if os.path.realpath(link) == os.path.realpath(environment.root) else environment.root
    again = f"zephyr venv create --clear --python {shlex.quote(wanted)} {shlex.quote(path)}"
    raise EnvironmentOfAnotherPython(
        f"The environment {environment.root} has Python {interpreter.version}, and {reason}",
        hint=f"Replace it, with all that is installed in it: {again} (or name another Python with --python).",
    )


def is_meant(python: str, interpreter: Interpreter, surroundings: Surroundings) -> bool:
    """Return whether an environment with ``interpreter`` is what ``--python`` asks for.

    A version, or a name that tells one, is a matter of the version; a path or a plain name means one
    installation. Raises what `find_interpreter` raises.
    """
    request = parse_request(python, surroundings.folder)
    version = request.otherwise if isinstance(request, NameRequest) else request

    if isinstance(version, VersionRequest):
        return version.admits(interpreter, prereleases=True)

    from zephyr.environments.discovery import base_interpreter, resolve

    named = base_interpreter(resolve(request, python, surroundings), surroundings)

    return named.version == interpreter.version and _installation(named) == _installation(interpreter)


def _installation(interpreter: Interpreter) -> str:
    from zephyr.environments.derivation import base_of

    return os.path.realpath(base_of(interpreter))


def ignored_pin(environment: Environment, demand: PythonDemand, surroundings: Surroundings) -> str | None:
    """Return a warning for a ``.python-version`` that asks for another Python than the environment has."""
    pinned = pinned_request(replace(surroundings, folder=demand.root)) if demand.python is None else None

    if pinned is None:
        return None

    from zephyr.environments.discovery import pinned_meaning

    origin, text = pinned
    request = pinned_meaning(text, origin, surroundings)

    if not isinstance(request, VersionRequest) or request.admits(environment.interpreter, prereleases=True):
        return None

    return (
        f"{environment.root} has Python {environment.interpreter.version}, and {origin} asks for {text}: "
        f"to follow it, replace the environment with --python {text} and zephyr venv create --clear"
    )
