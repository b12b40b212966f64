"""Why a version may not be chosen: one frozen type per reason, put into words by ``str``.

Equal reasons are merged by the report, so a reason holds only what belongs in its sentence. Each
reads on after "<package> <versions> cannot be used:".
"""

from __future__ import annotations

from typing import TypeAlias

from zephyr.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class PythonMismatch:
    """Requires-Python does not admit the interpreter."""

    requires: str
    python: str

    def __str__(self) -> str:
        return f"requires Python {self.requires}, this environment is {self.python}"


@dataclass(frozen=True, slots=True)
class Yanked:
    """Every file that would fit was yanked (PEP 592), and no requirement of the user pins the version."""

    def __str__(self) -> str:
        return "yanked by its maintainers"


@dataclass(frozen=True, slots=True)
class NoCompatibleWheel:
    """There are wheels, but for other interpreters or platforms."""

    platform: str

    def __str__(self) -> str:
        return f"no wheel for this platform ({self.platform})"


@dataclass(frozen=True, slots=True)
class BuildExcluded:
    """There is no usable wheel, and the source archive may not be built."""

    option: str

    def __str__(self) -> str:
        return f"would have to be built, which {self.option} forbids"


@dataclass(frozen=True, slots=True)
class FormatExcluded:
    """``--no-binary`` leaves the wheels out, and there is no source archive."""

    option: str

    def __str__(self) -> str:
        return f"only wheels, which {self.option} excludes"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """The index has the project in quarantine (PEP 792)."""

    reason: str | None

    def __str__(self) -> str:
        return f"in quarantine: {self.reason}" if self.reason else "in quarantine on the index"


@dataclass(frozen=True, slots=True)
class TooNew:
    """Uploaded after the cut-off, or at a time that the index does not tell."""

    cutoff: str
    known: bool = True

    def __str__(self) -> str:
        if not self.known:
            return f"upload time not known, and --exclude-newer {self.cutoff} is set"

        return f"uploaded after {self.cutoff}"


@dataclass(frozen=True, slots=True)
class HashNotAllowed:
    """No file has one of the hashes that the requirements allow."""

    found: str = ""
    """Of a pinned version: a file and its hashes. Of the others it would only multiply the reasons."""

    def __str__(self) -> str:
        return "no file has one of the required hashes"


@dataclass(frozen=True, slots=True)
class HashMissing:
    """Hash checking is on, and no requirement gives hashes for this project."""

    def __str__(self) -> str:
        return "no hash is given for it, and hashes are required"


@dataclass(frozen=True, slots=True)
class PreReleaseExcluded:
    """Pre-releases are not wanted here."""

    def __str__(self) -> str:
        return "a pre-release"


@dataclass(frozen=True, slots=True)
class Constrained:
    """A constraint rules it out."""

    constraint: str
    origin: str

    def __str__(self) -> str:
        return f"ruled out by the constraint {self.constraint} ({self.origin})"


@dataclass(frozen=True, slots=True)
class InvalidMetadata:
    """The METADATA document cannot be used."""

    problem: str

    def __str__(self) -> str:
        return f"invalid metadata: {self.problem}"


@dataclass(frozen=True, slots=True)
class TransitiveReference:
    """It requires something by URL that the user did not ask for by that URL."""

    requirement: str

    def __str__(self) -> str:
        return f"requires {self.requirement} by URL, which only your own requirements may do"


@dataclass(frozen=True, slots=True)
class MetadataUnavailable:
    """The METADATA document could not be had from this file."""

    problem: str

    def __str__(self) -> str:
        return f"its metadata cannot be read: {self.problem}"


FAULT_OF_THE_FILE = frozenset({"metadata-unreadable", "file-missing"})
"""Errors of a port that say something about one file, and nothing about the index: a mirror that lost one
version, or keeps it back, is no reason to have none."""

Reason: TypeAlias = (
    PythonMismatch
    | Yanked
    | NoCompatibleWheel
    | BuildExcluded
    | FormatExcluded
    | Quarantined
    | TooNew
    | HashNotAllowed
    | HashMissing
    | PreReleaseExcluded
    | Constrained
    | InvalidMetadata
    | TransitiveReference
    | MetadataUnavailable
)
