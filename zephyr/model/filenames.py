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
    parts: tuple[NormalizedName, str] | None
    tags: tuple[str | None, tuple[int, str]] | None

    if filename.endswith(".whl"):
        head, tail = wheel_halves(filename)
        parts, tags = split_wheel_head(head), parse_wheel_tail(tail)
    else:
        parts, tags = split_source(filename, name), (None, NO_BUILD)

    if parts is None or tags is None:
        return None

    project, text = parts
    version = parse_version(text) if name is None or project == name else None

    return None if version is None else ParsedFilename(project, version, *tags)


def wheel_halves(filename: str) -> tuple[str, str]:
    """Cut the name of a wheel behind its version, ``demo-1.0-`` and ``py3-none-any.whl``: many share a half.

    A name that is none of a wheel has a second half that `parse_wheel_tail` does not read.
    """
    end = filename.find("-", filename.find("-") + 1) + 1

    return filename[:end], filename[end:]


def split_wheel_head(head: str) -> tuple[NormalizedName, str]:
    """Return the project and the text of the version of a wheel."""
    name, _, text = head.removesuffix("-").partition("-")

    return _normalised(name), text.replace("_", "-")


def parse_wheel_tail(tail: str) -> tuple[str, tuple[int, str]] | None:
    """Return the tag and the build tag of a wheel, as `ParsedFilename` has them; None for anything else."""
    parts = tail.removesuffix(".whl").split("-")

    if len(parts) not in {3, 4}:
        return None

    tag = "-".join(parts[-3:])

    if len(parts) == 3:
        return tag, NO_BUILD

    found = _BUILD.fullmatch(parts[0])

    return None if found is None else (tag, (int(found[1]), found[2]))


def split_source(filename: str, name: NormalizedName | None) -> tuple[NormalizedName, str] | None:
    """Return the project and the text of the version of a source archive, None for anything else.

    Given a ``name``, None for other projects too.
    """
    stem = _stem(filename)
    at = stem.rfind("-")

    while at > 0:
        found = _normalised(stem[:at])

        if name is None or found == name:
            return found, stem[at + 1 :]

        at = stem.rfind("-", 0, at)

    return None


def _stem(filename: str) -> str:
    """Return the name of a source archive without its suffix, nothing for anything else."""
    for suffix in _SOURCE_SUFFIXES:
        if filename.endswith(suffix):
            return filename[: -len(suffix)]

    return ""


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
