"""An unpacked wheel: its tree in the cache, and what installing it needs to know without reading it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from zephyr_workers.entry_points import EntryPoint

if TYPE_CHECKING:
    from zephyr_cache import Tree

FORMAT = 1
"""Number of the attributes' format; a tree with another one is unpacked again."""


@dataclass(frozen=True, slots=True)
class UnpackedWheel:
    """One wheel, validated and unpacked.

    The tree's sections are the scheme keys (purelib, platlib, scripts, headers, data). It leaves
    out RECORD and what else an installation writes itself.
    """

    name: NormalizedName
    display_name: str
    """The name as METADATA spells it."""
    version: Version
    filename: str
    sha256: str
    """Of the archive; lower-case hexadecimal."""
    dist_info: str
    """Name of the ``.dist-info`` folder, at the root of the section `root`."""
    root_is_purelib: bool
    tree: Tree
    entry_points: tuple[EntryPoint, ...] = ()
    python_scripts: tuple[str, ...] = ()
    """Paths in the section scripts that begin with ``#!python``: their first line is the environment's."""
    startup_files: tuple[str, ...] = ()
    """``section/path`` of files that run whenever the environment's Python starts."""
    warnings: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """The section that holds the wheel's root."""
        return "purelib" if self.root_is_purelib else "platlib"


def attributes_of(
    *,
    display_name: str,
    version: Version,
    filename: str,
    dist_info: str,
    root_is_purelib: bool,
    entry_points: tuple[EntryPoint, ...],
    python_scripts: tuple[str, ...],
    startup_files: tuple[str, ...],
    warnings: tuple[str, ...],
) -> dict[str, Any]:
    """Return what is kept beside the tree, as JSON values."""
    return {
        "format": FORMAT,
        "kind": "wheel",
        "name": canonicalize_name(display_name),
        "display_name": display_name,
        "version": str(version),
        "filename": filename,
        "dist_info": dist_info,
        "root_is_purelib": root_is_purelib,
        "entry_points": [[point.name, point.module, point.attribute, point.gui] for point in entry_points],
        "python_scripts": list(python_scripts),
        "startup_files": list(startup_files),
        "warnings": list(warnings),
    }


def load_wheel(tree: Tree) -> UnpackedWheel | None:
    """Rebuild the wheel of a cached tree without reading its files; None when another format wrote it."""
    kept = tree.attributes

    if kept.get("format") != FORMAT or kept.get("kind") != "wheel":
        return None

    return UnpackedWheel(
        name=canonicalize_name(kept["display_name"]),
        display_name=kept["display_name"],
        version=Version(kept["version"]),
        filename=kept["filename"],
        sha256=tree.digest,
        dist_info=kept["dist_info"],
        root_is_purelib=kept["root_is_purelib"],
        tree=tree,
        entry_points=tuple(EntryPoint(*fields) for fields in kept["entry_points"]),
        python_scripts=tuple(kept["python_scripts"]),
        startup_files=tuple(kept["startup_files"]),
        warnings=tuple(kept["warnings"]),
    )
