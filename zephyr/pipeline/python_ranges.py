"""The Pythons that a script says it runs on (PEP 723), held against the one that is installed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import ZephyrError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.interpreter import Interpreter


class PythonNotAllowed(ZephyrError):
    """Raised for an interpreter that is not one that the script asks for."""

    id = "python-mismatch"


def check_python(ranges: Mapping[str, str], interpreter: Interpreter) -> None:
    """Raise `PythonNotAllowed` unless the interpreter is in all ``ranges``, which are named by their file."""
    if not ranges:
        return

    from packaging.specifiers import SpecifierSet

    for file, specifier in ranges.items():
        if not SpecifierSet(specifier).contains(interpreter.version, prereleases=True):
            raise PythonNotAllowed(
                f"{file} requires a different Python: {interpreter.version} not in {specifier!r}",
                hint="Name an environment of such a Python with --python.",
            )
