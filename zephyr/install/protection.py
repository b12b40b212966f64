"""Paths that no distribution may take: the environment's interpreter, activation and own files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.install.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from packaging.utils import NormalizedName

    from zephyr.install.contents import Contents
    from zephyr.install.destination import Destination

INTERPRETER = re.compile(r"(python|pythonw|pypy|graalpy)(\d+(\.\d+)?t?)?(\.exe)?")
ACTIVATION = re.compile(r"(de)?activate(\.(sh|csh|fish|nu|ps1|bat|xsh))?|activate_this\.py")
ENVIRONMENT = frozenset({"pyvenv.cfg", "lib64"})
PRIVATE = frozenset({".zephyr", ".zephyr-saved"})


def refuse_protected(contents: Iterable[Contents], destination: Destination) -> None:
    """Raise PlanError (``protected-path``) where a distribution would take over such a path."""
    private = tuple(f"{destination.root}/{name}/" for name in PRIVATE)
    watched = {
        destination.folders["scripts"]: _is_script_of_the_environment,
        destination.root: _is_file_of_the_environment,
    }

    for distribution in contents:
        for content in distribution.files:
            folder, _, name = content.final.rpartition("/")
            is_protected = watched.get(folder)

            if content.final.startswith(private) or (is_protected and is_protected(name.lower())):
                raise PlanError(
                    f"{distribution.name} would replace {content.final!r}, which belongs to the environment",
                    id="protected-path",
                    hint="Do not install this wheel: no honest package does that.",
                )


def refuse_self_change(names: Iterable[NormalizedName], protected: Set[NormalizedName]) -> None:
    """Raise PlanError (``self-change``) where a change touches what Zephyr itself runs on."""
    touched = sorted(set(names) & protected)

    if touched:
        raise PlanError(
            f"Zephyr runs from this environment and needs {', '.join(touched)}, which would change",
            id="self-change",
            hint="Install Zephyr into an environment of its own and run it from there.",
        )


def _is_script_of_the_environment(name: str) -> bool:
    return INTERPRETER.fullmatch(name) is not None or ACTIVATION.fullmatch(name) is not None


def _is_file_of_the_environment(name: str) -> bool:
    return name in ENVIRONMENT or name in PRIVATE
