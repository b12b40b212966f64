"""A source that is ready to be built: what fetches sources hands it to what builds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version


@dataclass(frozen=True, slots=True)
class SourceTree:
    """An unpacked, verified source; never modified in place by a build, but for an editable one."""

    folder: str
    """Absolute path of the project's folder (a subdirectory is applied)."""
    digest: str
    """SHA-256, hexadecimal, that identifies the content: of the archive, of commit and subdirectory, of a
    local folder's files."""
    shown: str
    """For messages: a file name, a URL without credentials, or a path."""
    name: NormalizedName | None
    """As announced (a file name, ``egg=``); None where nobody said."""
    version: Version | None
    warnings: tuple[str, ...] = ()
    """What is odd about it, in words, without the name of the source."""
