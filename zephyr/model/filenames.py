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


class ParsedFilename(NamedTuple):
    """The parts of one file name."""

    name: NormalizedName
    version: Version
    tag: str | None = None
    """``cp312-cp312-win_amd64``, perhaps a compressed set; None for a source archive."""
    build: tuple[int, str] = (-1, "")
    """The build tag, as it sorts; without one below all others."""


def parse_filename(filename: str, name: NormalizedName | None = None) -> ParsedFilename | None:
    """Take a file name apart; None where it is not an archive with a valid version.

    Given the ``name`` of the project, a source archive is split after it (``foo-bar-1.0.tar.gz`` is
    ambiguous otherwise), and files of other projects are None.
    """
    if filename.endswith(".whl"):
        parsed = _parse_wheel(filename[:-4].split("-"))
    else:
        suffix = next((suffix for suffix in _SOURCE_SUFFIXES if filename.endswith(suffix)), None)
        parsed = _parse_source(filename[: -len(suffix)], name) if suffix else None

    return None if parsed is None or (name is not None and parsed.name != name) else parsed


def _parse_wheel(parts: list[str]) -> ParsedFilename | None:
    if len(parts) not in {5, 6}:
        return None

    version = parse_version(parts[1].replace("_", "-") if "_" in parts[1] else parts[1])

    if version is None:
        return None

    build = (-1, "")

    if len(parts) == 6:
        found = _BUILD.fullmatch(parts[2])

        if found is None:
            return None

        build = (int(found[1]), found[2])

    return ParsedFilename(_normalised(parts[0]), version, "-".join(parts[-3:]), build)


def _parse_source(stem: str, name: NormalizedName | None) -> ParsedFilename | None:
    at = stem.rfind("-")

    while at > 0:
        found = _normalised(stem[:at])
        version = parse_version(stem[at + 1 :]) if name is None or found == name else None

        if version is not None:
            return ParsedFilename(found, version)

        at = stem.rfind("-", 0, at) if name is not None else -1

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
