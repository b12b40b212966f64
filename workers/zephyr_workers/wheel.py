"""An unpacked wheel: its tree in the cache, and what installing it needs to know without reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zephyr.dataclass import dataclass, values_of
from zephyr.model.names import canonicalize_name
from zephyr_workers.entry_points import EntryPoint
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr_cache import Tree

FORMAT = 1
"""Number of the attributes' format; a tree with another one is unpacked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelFacts:
    """What is known of a wheel apart from its files; kept beside its tree in the cache."""

    display_name: str
    """The name as METADATA spells it."""
    version: Version
    filename: str
    dist_info: str
    """Name of the ``.dist-info`` folder, at the top of the section `root`."""
    root_is_purelib: bool
    entry_points: tuple[EntryPoint, ...] = ()
    python_scripts: tuple[str, ...] = ()
    """Paths in the section scripts that begin with ``#!python``: their first line is the environment's."""
    startup_files: tuple[str, ...] = ()
    """``section/path`` of files that run whenever the environment's Python starts."""
    warnings: tuple[str, ...] = ()
    archive_size: int | None = None
    """Of the archive, in bytes; None for a tree of a time when it was not kept."""

    @property
    def name(self) -> NormalizedName:
        """The normalized name."""
        return canonicalize_name(self.display_name)

    @property
    def root(self) -> str:
        """The section that holds the wheel's root."""
        return "purelib" if self.root_is_purelib else "platlib"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedWheel(WheelFacts):
    """One wheel, validated and unpacked.

    The tree's sections are the scheme keys (purelib, platlib, scripts, headers, data). It leaves
    out RECORD and what else an installation writes itself.
    """

    tree: Tree

    @property
    def sha256(self) -> str:
        """The archive's digest, in lower-case hexadecimal."""
        return self.tree.digest


def attributes_of(facts: WheelFacts) -> dict[str, Any]:
    """Return what is kept beside the tree, as JSON values."""
    return {
        "format": FORMAT,
        "kind": "wheel",
        "name": facts.name,
        "display_name": facts.display_name,
        "version": str(facts.version),
        "filename": facts.filename,
        "dist_info": facts.dist_info,
        "root_is_purelib": facts.root_is_purelib,
        "entry_points": [list(values_of(point)) for point in facts.entry_points],
        "python_scripts": list(facts.python_scripts),
        "startup_files": list(facts.startup_files),
        "warnings": list(facts.warnings),
        "archive_size": facts.archive_size,
    }


def load_wheel(tree: Tree, filename: str | None = None) -> UnpackedWheel | None:
    """Rebuild the wheel of a cached tree without reading its files; None when another format wrote it.

    ``filename`` is the name it is wanted under: the same bytes may be offered as another project's
    or version's wheel, and were checked against the name they first came with. Raises
    `InvalidWheel` (``wheel-metadata-mismatch``) when they are not what this name says.
    """
    from packaging.version import Version

    kept = tree.attributes

    if kept.get("format") != FORMAT or kept.get("kind") != "wheel":
        return None

    if filename is not None and filename != kept["filename"]:
        _check_filename(filename, kept["name"], kept["version"])

    return UnpackedWheel(
        tree=tree,
        display_name=kept["display_name"],
        version=Version(kept["version"]),
        filename=kept["filename"],
        dist_info=kept["dist_info"],
        root_is_purelib=kept["root_is_purelib"],
        entry_points=tuple(EntryPoint(*fields) for fields in kept["entry_points"]),
        python_scripts=tuple(kept["python_scripts"]),
        startup_files=tuple(kept["startup_files"]),
        warnings=tuple(kept["warnings"]),
        archive_size=kept.get("archive_size"),
    )


def _check_filename(filename: str, name: str, version: str) -> None:
    from packaging.version import Version

    from zephyr_workers.documents import parse_filename

    try:
        wanted = parse_filename(filename)
    except InvalidWheel as error:
        raise error.named(filename) from error.__cause__

    if wanted.name != name or wanted.version != Version(version):
        raise InvalidWheel("wheel-metadata-mismatch", f"it is the wheel of {name} {version}", wheel=filename)
