"""What can be wrong with what a project says of itself, each with its id and next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import UsageError, ZephyrError

if TYPE_CHECKING:
    from collections.abc import Iterable


class PyprojectMissing(ZephyrError):
    """There is no pyproject.toml to read."""

    id = "pyproject-missing"


class PyprojectInvalid(ZephyrError):
    """A pyproject.toml is no TOML, or breaks PEP 621."""

    id = "pyproject-invalid"


class GroupInvalid(PyprojectInvalid):
    """The ``[dependency-groups]`` table breaks PEP 735; the ``id`` says which rule."""

    id = "group-invalid"


class ExtraUnknown(PyprojectInvalid):
    """A project asks itself for an extra that it does not have."""

    id = "extra-unknown"


class DependsOnItself(PyprojectInvalid):
    """A project requires nothing less than itself."""

    id = "project-depends-on-itself"


class ToolZephyrInvalid(ZephyrError):
    """A value below ``[tool.zephyr]`` is not what was expected."""

    id = "tool-zephyr-invalid"


class SourceMissing(ZephyrError):
    """Nothing stands at the path of a source."""

    id = "source-missing"


class ScriptMissing(ZephyrError):
    """There is no script to read."""

    id = "script-missing"


class ScriptInvalid(ZephyrError):
    """The metadata of a script is no TOML, or breaks PEP 723."""

    id = "script-invalid"


class ScriptWithoutMetadata(ZephyrError):
    """A script has no metadata block (PEP 723)."""

    id = "script-without-metadata"


class CutOffInvalid(UsageError):
    """An ``exclude-newer`` is neither a date nor an age, or excludes nothing."""

    id = "date-invalid"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the hint that names the known word most like ``name``, None where none is like it."""
    import difflib

    found = difflib.get_close_matches(name, list(known), n=1)

    return f"Is {found[0]} meant?" if found else None
