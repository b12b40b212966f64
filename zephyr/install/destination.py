"""The folders of an environment, canonical: links are followed once, before anything is planned."""

from __future__ import annotations

import os

from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.environment import Environment

SECTIONS = ("purelib", "platlib", "scripts", "data")
"""The scheme keys with one folder for all projects; ``headers`` has one per project."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an environment's files go; absolute paths with ``/``, free of symbolic links."""

    root: str
    folders: Mapping[str, str]
    """By scheme key; ``headers`` is the parent of the projects' folders."""
    executable: str
    """The interpreter as scripts name it: not canonical."""
    platform: str
    """``os.name`` of the environment."""
    machine: str = ""
    """``platform.machine()`` of the environment: selects the launchers on Windows."""
    is_plain: bool = False
    """Whether it is a folder of packages and nothing else (``--target``): what is Zephyr's own goes again."""

    @classmethod
    def of(cls, environment: Environment) -> Destination:
        """Follow the links in an environment's folders, which need not exist."""
        scheme = environment.scheme
        interpreter = environment.interpreter

        return cls(
            root=_canonical(environment.root),
            folders={key: _canonical(getattr(scheme, key)) for key in (*SECTIONS, "headers")},
            executable=interpreter.executable,
            platform=interpreter.platform,
            machine=interpreter.markers.get("platform_machine", ""),
            is_plain=environment.kind == "target",
        )

    @property
    def state(self) -> str:
        """The folder of the lock, the journal and what is private to transactions."""
        return f"{self.root}/.zephyr"

    @property
    def saved(self) -> str:
        """The folder that user-made files are moved to when a package needs their place."""
        return f"{self.root}/.zephyr-saved"

    def section(self, key: str) -> str:
        """Return the section that files of scheme key ``key`` are staged in.

        Keys with the same folder share a section, so that one rename can move a package that has
        files of both (purelib and platlib are usually the same).
        """
        folder = self.folders[key]

        if key in SECTIONS:
            return next(name for name in SECTIONS if self.folders[name] == folder)

        return key

    def folder(self, section: str, project: str) -> str:
        """Return where the files of a section go; ``project`` is the name as METADATA spells it."""
        if section == "headers":
            return f"{self.folders[section]}/{project}"

        return self.folders[section]

    def bases(self) -> frozenset[str]:
        """Return the folders that belong to no distribution: those of the scheme and their parents."""
        found: set[str] = {self.root}

        for folder in self.folders.values():
            path = folder

            while path not in found and path not in {"", "/"}:
                found.add(path)
                path = os.path.dirname(path)

        return frozenset(found)


def _canonical(path: str) -> str:
    resolved = os.path.realpath(path)

    return resolved.replace("\\", "/") if os.name == "nt" else resolved
