"""Paths that no distribution may take: the environment's interpreter, activation and own files (W31)."""

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
    for distribution in contents:
        for content in distribution.files:
            if _is_protected(content.final, destination):
                raise PlanError(
                    f"{distribution.name} would replace {content.final!r}, which belongs to the environment",
                    id="protected-path",
                    hint="do not install this wheel: no honest package does that",
                )


def refuse_self_change(names: Iterable[NormalizedName], protected: Set[NormalizedName]) -> None:
    """Raise PlanError (``self-change``) where a change touches what Zephyr itself runs on."""
    touched = sorted(set(names) & protected)

    if touched:
        raise PlanError(
            f"Zephyr runs from this environment and needs {', '.join(touched)}, which would change",
            id="self-change",
            hint="install Zephyr into an environment of its own and run it from there",
        )


def _is_protected(path: str, destination: Destination) -> bool:
    folder, _, name = path.rpartition("/")
    lower = name.lower()

    if folder == destination.folders["scripts"]:
        return INTERPRETER.fullmatch(lower) is not None or ACTIVATION.fullmatch(lower) is not None

    if not path.startswith(f"{destination.root}/"):
        return False

    top = path[len(destination.root) + 1 :].partition("/")[0].lower()

    return top in PRIVATE or (folder == destination.root and lower in ENVIRONMENT)
