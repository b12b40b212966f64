"""Opens the cache that the options name, or a temporary one where it cannot be written."""

from __future__ import annotations

import os

from zephyr.dataclass import dataclass
from zephyr.memo.trace import uses_cache
from zephyr.settings import default_cache_folder
from zephyr_cache import Cache, CacheUnwritable

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class CacheLocation:
    """Which cache a command uses."""

    folder: str | None = None
    """None for the default, the user's cache folder."""
    temporary: bool = False

    @property
    def path(self) -> str:
        """The absolute path of the lasting cache."""
        return os.path.abspath(self.folder or default_cache_folder())


def open_cache(location: CacheLocation, warn: Callable[[str], None]) -> Cache:
    """Open the cache; where it cannot be written, say so once and go on with a temporary one.

    The caller closes it. Raises `zephyr_cache.CacheTooNew` for a format that this version does not know.
    """
    if location.temporary:
        return Cache.temporary()

    uses_cache(location.path)

    try:
        return Cache.open(location.path)
    except CacheUnwritable as error:
        warn(f"{error.message} A temporary cache is used instead.")
        return Cache.temporary()
