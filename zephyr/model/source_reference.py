"""Where a project comes from when it is named by place instead of by version.

A folder, an archive or a git repository; `zephyr.model.source_syntax` reads what people write into it.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName


class SourceKind(Enum):
    """What stands at the place."""

    LOCAL_FOLDER = "local-folder"
    LOCAL_ARCHIVE = "local-archive"
    REMOTE_ARCHIVE = "remote-archive"
    GIT = "git"


class SourceNotSupported(UsageError):
    """Raised for a place that Zephyr does not fetch from: another version control, an odd archive."""

    id = "source-not-supported"


class SourceInvalid(UsageError):
    """Raised for a place that is written wrongly, or would lead out of its source."""

    id = "source-invalid"


@dataclass(frozen=True, slots=True)
class SourceReference:
    """One place, as understood. Two references with the same fields name the same content."""

    kind: SourceKind
    url: str
    """Absolute, without fragment and credentials; ``file:`` for local ones, without ``git+`` for git.
    The user name ``git`` of an ssh address stays: it is part of the address (PEP 610)."""
    name: NormalizedName | None = None
    """Of ``name @ …``, or else of ``#egg=…``."""
    extras: tuple[NormalizedName, ...] = ()
    """Sorted, without repetition."""
    marker: str | None = None
    requested_revision: str | None = None
    """The branch, tag or commit after ``@``; None for the repository's own default. Only for git."""
    subdirectory: str = ""
    """Where the project lies inside: relative, with ``/``, never upwards; empty for the top."""
    hashes: Mapping[str, str] = field(default_factory=dict[str, str])
    """Algorithm (sha256, sha384, sha512) to lower-case hexadecimal digest. Only for archives."""
    editable: bool = False
    given: str = field(default="", repr=False, compare=False)
    """The address with its credentials, without fragment: for what connects, never to be shown."""
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """What was ignored, in words."""

    @property
    def shown(self) -> str:
        """The place for messages: a path, or a URL without credentials, query and fragment."""
        if self.kind in {SourceKind.LOCAL_FOLDER, SourceKind.LOCAL_ARCHIVE}:
            return self.path

        revision = f"@{self.requested_revision}" if self.requested_revision else ""
        prefix = "git+" if self.kind is SourceKind.GIT else ""

        return f"{prefix}{self.url.partition('?')[0]}{revision}"

    def is_same_place(self, other: SourceReference) -> bool:
        """Tell whether both lead to the same source, whatever is asked of it there."""
        return all(
            getattr(self, field) == getattr(other, field)
            for field in ("kind", "url", "requested_revision", "subdirectory")
        )

    @property
    def path(self) -> str:
        """The path of a ``file:`` address. Raises `ValueError` for any other."""
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        parts = urlsplit(self.url)

        if parts.scheme != "file":
            raise ValueError(f"{parts.scheme} addresses have no path on this machine")

        return url2pathname(parts.path)

    @property
    def filename(self) -> str:
        """The last part of the address, percent-decoded."""
        from urllib.parse import unquote, urlsplit

        return unquote(urlsplit(self.url).path.rstrip("/").rpartition("/")[2])
