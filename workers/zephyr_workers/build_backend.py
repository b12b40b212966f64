"""A project's build backend (PEP 517, PEP 660), its hooks run one by one through a runner of ours.

Blocking, for a thread. What `build` and `pyproject_hooks` raise becomes an error of ours, with its id.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from typing import TYPE_CHECKING, Any, Literal, Protocol

from packaging.requirements import InvalidRequirement, Requirement

from zephyr.errors import ZephyrError
from zephyr_workers.build_errors import (
    BuildBackendMissing,
    BuildFailed,
    EditableUnsupported,
    InvalidBuildRequirements,
    InvalidBuildResult,
    InvalidBuildSystem,
)
from zephyr_workers.wheel_errors import visible

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

Kind = Literal["wheel", "editable"]
METADATA_LIMIT = 16 << 20
"""Bytes."""


class Runner(Protocol):
    """Runs the command of one hook to its end (`pyproject_hooks` has the names of the arguments)."""

    def __call__(
        self,
        cmd: Sequence[str],
        cwd: str | None = None,
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        """Return when the command has ended well. Raises `ZephyrError`."""
        ...


class Backend:
    """The backend of the project in ``folder``, run by ``python``; ``subject`` names it in messages.

    Raises `InvalidBuildSystem` before anything is run when the folder holds no project, or one whose
    ``[build-system]`` breaks PEP 517 or 518.
    """

    def __init__(self, folder: str, python: str, runner: Runner, subject: str) -> None:
        from build import BuildException, ProjectBuilder, TypoWarning
        from pyproject_hooks import BuildBackendWarning

        for category in (TypoWarning, BuildBackendWarning):  # the log has them; nothing may be printed
            warnings.simplefilter("ignore", category)

        self._subject = subject

        try:
            self._project = ProjectBuilder(folder, python_executable=python, runner=runner)
        except (BuildException, ValueError) as error:
            raise InvalidBuildSystem(
                f"{subject} cannot be built: {visible(str(error).replace(folder, '.'))}.",
                hint="Ask for another version, or tell the project's authors.",
            ) from error

    @property
    def requirements(self) -> tuple[str, ...]:
        """What ``[build-system]`` requires; setuptools where nothing is said."""
        return valid_requirements(self._project.build_system_requires, "[build-system]", self._subject)

    def further_requirements(self, kind: Kind, settings: Mapping[str, Any] | None) -> tuple[str, ...]:
        """Return what the backend asks for on top (``get_requires_for_build_*``)."""
        hook = f"get_requires_for_build_{kind}"

        with self._explained(hook):
            return valid_requirements(
                self._project.get_requires_for_build(kind, settings), hook, self._subject
            )

    def metadata(self, kind: Kind, folder: str, settings: Mapping[str, Any] | None) -> bytes | None:
        """Return METADATA as the backend prepares it in ``folder``; None when it has no such hook."""
        hook = f"prepare_metadata_for_build_{kind}"

        with self._explained(hook):
            prepared = self._project.prepare(kind, folder, settings)

        if prepared is None:
            return None

        path = os.path.join(prepared, "METADATA")
        inside = os.path.dirname(prepared) == folder and prepared.endswith(".dist-info")

        if not inside or os.path.islink(prepared) or os.path.islink(path) or not os.path.isfile(path):
            raise self._wrong(hook, f"{os.path.relpath(prepared, folder)!r}, which is no .dist-info folder")

        with open(path, "rb") as stream:
            data = stream.read(METADATA_LIMIT + 1)

        if len(data) > METADATA_LIMIT:
            raise self._wrong(hook, f"METADATA of more than {METADATA_LIMIT >> 20} MiB")

        return data

    def build(self, kind: Kind, folder: str, settings: Mapping[str, Any] | None) -> str:
        """Return the base name of the wheel that the backend made in ``folder``."""
        hook = f"build_{kind}"

        with self._explained(hook):
            made = self._project.build(kind, folder, settings)

        name = os.path.basename(made)
        shown = os.path.relpath(made, folder)

        if os.path.dirname(made) != folder or not name.endswith(".whl"):
            raise self._wrong(hook, f"{shown!r}, which is not the name of a wheel")

        if os.path.islink(made) or not os.path.isfile(made):
            raise self._wrong(hook, f"{shown!r}, which is not there")

        others = [other for other in sorted(os.listdir(folder)) if other.endswith(".whl") and other != name]

        if others:
            raise self._wrong(hook, f"{name!r} and made {others[0]!r} as well")

        return name

    def _wrong(self, hook: str, returned: str) -> InvalidBuildResult:
        return InvalidBuildResult(
            f"The build backend of {self._subject} broke its contract: {hook} returned {visible(returned)}.",
            hint="Tell the authors of the project's build backend.",
        )

    @contextlib.contextmanager
    def _explained(self, hook: str) -> Generator[None]:
        """Turn what goes wrong while ``hook`` runs into an error of ours."""
        from build import BuildBackendException

        try:
            yield
        except BuildBackendException as error:
            raise self._explain(error.exception, hook) from error
        except TypeError as error:  # joined to a path: it was no string
            raise self._wrong(hook, "something that is no file name") from error

    def _explain(self, error: Exception, hook: str) -> ZephyrError:
        import pyproject_hooks

        if isinstance(error, ZephyrError):
            return error

        if isinstance(error, pyproject_hooks.BackendUnavailable):
            lines = [line for line in error.traceback.splitlines() if line.strip()]

            return BuildBackendMissing(
                f"The build backend of {self._subject}, {error.backend_name}, cannot be imported.",
                hint="[build-system] requires must name it; with --no-build-isolation install it first.",
                details=tuple(lines[-5:]),
            )

        if isinstance(error, pyproject_hooks.HookMissing) and hook == "build_editable":
            return EditableUnsupported(
                f"The build backend of {self._subject} cannot make editable installs (PEP 660).",
                hint="Install it without -e, or use a newer version of the backend.",
            )

        if isinstance(error, TypeError):
            return self._wrong(hook, "something of a wrong type")

        reason = visible(f"{type(error).__name__}: {error}")

        return BuildFailed(f"The build of {self._subject} failed: {hook} gave no result ({reason}).")


def valid_requirements(found: Iterable[object], origin: str, subject: str) -> tuple[str, ...]:
    """Return requirements in a fixed order. Raises `InvalidBuildRequirements` for what is none.

    One string in the place of a list arrives as its letters: they are refused, for some letters are
    the names of projects.
    """
    requirements = list(found)
    letters = len(requirements) > 1 and all(isinstance(r, str) and len(r) == 1 for r in requirements)

    for requirement in requirements:
        if letters or not is_requirement(requirement):
            raise InvalidBuildRequirements(
                f"{origin} of {subject} asks for {visible(repr(requirement))}, which is no requirement.",
                hint="Ask for another version, or tell the project's authors.",
            )

    return tuple(sorted(str(requirement) for requirement in requirements))


def is_requirement(value: object) -> bool:
    """Tell whether ``value`` is a dependency specifier (PEP 508)."""
    if not isinstance(value, str):
        return False

    try:
        Requirement(value)
    except InvalidRequirement:
        return False

    return True
