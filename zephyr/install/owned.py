"""The files that an installed distribution says are its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from packaging.utils import NormalizedName


@dataclass(frozen=True, slots=True)
class Owned:
    """An installed distribution's files, whoever installed it."""

    name: NormalizedName
    version: str
    metadata: str
    """Absolute path of its ``.dist-info`` or ``.egg-info``."""
    files: Set[str] = frozenset()
    """Absolute canonical paths inside the environment, which may be missing."""
    modified: Set[str] = frozenset()
    """Those of ``files`` whose bytes are not what was installed: a user's work, which is kept."""
    edits: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Shared files (``easy-install.pth``) with the contents they have without this distribution."""
    warnings: tuple[str, ...] = ()
