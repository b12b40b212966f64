"""Paths that no distribution may take: the environment's interpreter, activation and own files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.install.errors import PlanError
from zephyr.install.sorted_paths import below, children

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

    from packaging.utils import NormalizedName

    from zephyr.install.contents import Contents
    from zephyr.install.destination import Destination

INTERPRETER = re.compile(r"(python|pythonw|pypy|graalpy)(\d+(\.\d+)?t?)?(\.exe)?")
ACTIVATION = re.compile(r"(de)?activate(\.(sh|csh|fish|nu|ps1|bat|xsh))?|activate_this\.py")
ENVIRONMENT = frozenset({"pyvenv.cfg", "lib64"})
PRIVATE = frozenset({".zephyr", ".zephyr-saved"})


def refuse_protected(contents: Iterable[Contents], destination: Destination) -> None:
    """Raise PlanError (``protected-path``) where a distribution would take over such a path."""
    watched = {
        destination.folders["scripts"]: _is_script_of_the_environment,
        destination.root: _is_file_of_the_environment,
    }

    for distribution in contents:
        for folder, is_protected in watched.items():
            for name, is_folder in _names_in(folder, distribution):
                if is_protected(name.lower(), is_folder):
                    raise _refusal(distribution, f"{folder}/{name}")


def _names_in(folder: str, distribution: Contents) -> Iterator[tuple[str, bool]]:
    """Give the names in ``folder`` that a distribution brings, and whether each is a folder's."""
    for linked in distribution.linked:
        if f"{folder}/".startswith(f"{linked.folder}/"):
            within = below(linked.paths, folder[len(linked.folder) + 1 :])
            yield from ((child.name, child.is_folder) for child in children(linked.paths, within))

    for content in distribution.single:
        if content.final.startswith(f"{folder}/"):
            name, slash, _ = content.final[len(folder) + 1 :].partition("/")
            yield name, bool(slash)


def _refusal(distribution: Contents, path: str) -> PlanError:
    return PlanError(
        f"{distribution.name} would replace {path!r}, which belongs to the environment",
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


def _is_script_of_the_environment(name: str, is_folder: bool) -> bool:
    return not is_folder and bool(INTERPRETER.fullmatch(name) or ACTIVATION.fullmatch(name))


def _is_file_of_the_environment(name: str, is_folder: bool) -> bool:
    return name in PRIVATE or (not is_folder and name in ENVIRONMENT)
