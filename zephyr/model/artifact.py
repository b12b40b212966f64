"""What an index says about one file and about one project.

The Simple API: PEP 503, 592, 658, 691, 700, 714 and 792.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packaging.utils import NormalizedName


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file that an index offers."""

    filename: str
    url: str
    """Absolute, without credentials and without fragment."""
    hashes: Mapping[str, str] = field(default_factory=dict[str, str])
    """Algorithm to lower-case hexadecimal digest; empty where the index gives none."""
    size: int | None = None
    """Bytes, where the index says (PEP 700)."""
    requires_python: str | None = None
    yanked: str | None = None
    """The reason (may be empty) when yanked (PEP 592), None when not."""
    upload_time: str | None = None
    """ISO 8601 in UTC, as the index gives it (PEP 700)."""
    metadata_hashes: Mapping[str, str] | None = None
    """Hashes of the core-metadata sibling (PEP 658/714): None without a sibling, empty without hashes."""

    @property
    def sha256(self) -> str | None:
        """The SHA-256 the index announces, if any."""
        return self.hashes.get("sha256")

    @property
    def is_wheel(self) -> bool:
        """Whether the file is a wheel by its name."""
        return self.filename.endswith(".whl")


class ProjectStatus(Enum):
    """PEP 792."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    QUARANTINED = "quarantined"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True)
class Listing:
    """All files of one project on the first index that knows it; none where no index does."""

    name: NormalizedName
    artifacts: Sequence[Artifact] = ()
    index: str | None = None
    """The index that answered, by its name or else its URL without credentials."""
    status: ProjectStatus = ProjectStatus.ACTIVE
    status_reason: str | None = None
    skipped: tuple[str, ...] = ()
    """What was left out as unusable, in words, for ``-v`` and for explanations."""
