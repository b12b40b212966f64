"""Damage in the cache that shows while it is used: what is damaged goes, and the work is done again.

Other processes heal the same cache at the same time. So a file that has vanished from it means no
more than that somebody was quicker, and a few attempts are enough, since nobody evicts what is sound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.install.errors import DamagedTree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr_cache import Cache, Tree

ATTEMPTS = 4


def heal(error: BaseException, trees: Iterable[Tree], cache: Cache) -> bool:
    """Evict what is damaged of ``trees``, if damage explains ``error``; tell whether to try again."""
    if isinstance(error, DamagedTree):
        cache.evict_damaged(error.digest, error.variant)

    evicted = [tree for tree in trees if cache.evict_damaged(tree.digest)]

    return isinstance(error, DamagedTree) or bool(evicted) or has_vanished(error, cache)


def has_vanished(error: BaseException, cache: Cache) -> bool:
    """Tell whether a file of the cache that is no longer there is at the bottom of ``error``."""
    cause: BaseException | None = error

    while cause is not None:
        if isinstance(cause, FileNotFoundError) and str(cause.filename).startswith(f"{cache.root}/"):
            return True

        cause = cause.__cause__

    return False
