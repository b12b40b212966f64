"""What the name of an archive says: project, version, tag and build of a wheel or a source archive.

The binary distribution format (PEP 427) and the source distribution format (PEP 625), with the
older spellings that indexes still serve.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

_SOURCE_SUFFIXES = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar")
_BUILD = re.compile(r"(\d{1,18})(.*)", re.DOTALL)
_LONGEST_VERSION = 256
NO_BUILD = (-1, "")
"""What stands for the build tag where there is none: it sorts below all others."""


class ParsedFilename(NamedTuple):
    """The parts of one file name."""

    name: NormalizedName
    version: Version
    tag: str | None = None
    """``cp312-cp312-win_amd64``, perhaps a compressed set; None for a source archive."""
    build: tuple[int, str] = NO_BUILD
    """The build tag, as it sorts."""


def parse_filename(filename: str, name: NormalizedName | None = None) -> ParsedFilename | None:
    """Take a file name apart; None where it is not an archive with a valid version.

    Given the ``name`` of the project, a source archive is split after it (``foo-bar-1.0.tar.gz`` is
    ambiguous otherwise), and files of other projects are None.
    """
    parts = split_filename(filename, name)

    if parts is None:
        return None

    project, text, tail = parts
    tags = parse_tail(tail)
    version = parse_version(text) if tags is not None and (name is None or project == name) else None

    return None if tags is None or version is None else ParsedFilename(project, version, *tags)


def split_filename(filename: str, name: NormalizedName | None) -> tuple[NormalizedName, str, str] | None:
    """Return the project, the text of the version, and the tail of an archive's name; None for any other.

    The tail is what follows the version: ``py3-none-any.whl``, ``.tar.gz``. A ``name`` says where the version
    of a source archive begins, which is None if it belongs to another project.
    """
    if not filename.endswith(".whl"):
        return _split_source(filename, name)

    parts = filename.split("-", 2)

    if len(parts) < 3:
        return None

    project, text, tail = parts

    return _normalised(project), text.replace("_", "-"), tail


def parse_tail(tail: str) -> tuple[str | None, tuple[int, str]] | None:
    """Return the tag and the build tag of a tail as `ParsedFilename` has them, None for a malformed one."""
    if not tail.endswith(".whl"):
        return None, NO_BUILD

    parts = tail[:-4].split("-")

    if len(parts) not in {3, 4}:
        return None

    tag = "-".join(parts[-3:])

    if len(parts) == 3:
        return tag, NO_BUILD

    found = _BUILD.fullmatch(parts[0])

    return None if found is None else (tag, (int(found[1]), found[2]))


def _split_source(filename: str, name: NormalizedName | None) -> tuple[NormalizedName, str, str] | None:
    for suffix in _SOURCE_SUFFIXES:
        if filename.endswith(suffix):
            break
    else:
        return None

    end = len(filename) - len(suffix)

    # Nearly always the name is as long as its normal form.
    if (
        name is not None
        and filename.startswith("-", len(name))
        and _normalised(filename[: len(name)]) == name
    ):
        return name, filename[len(name) + 1 : end], suffix

    at = filename.rfind("-", 0, end)

    while at > 0:
        project = _normalised(filename[:at])

        if name is None or project == name:
            return project, filename[at + 1 : end], suffix

        at = filename.rfind("-", 0, at)

    return None


@lru_cache(maxsize=1 << 16)
def parse_version(text: str) -> Version | None:
    """Parse a PEP 440 version; None for anything else, and for one of absurd length."""
    if len(text) > _LONGEST_VERSION:
        return None

    from packaging.version import Version

    try:
        return Version(text)
    except ValueError:
        return None


@lru_cache(maxsize=1 << 12)
def _normalised(name: str) -> NormalizedName:
    return canonicalize_name(name)
