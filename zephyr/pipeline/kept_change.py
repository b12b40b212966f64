"""A change of an environment that is kept for when the same is asked again of one that looks the same.

`zephyr.memo` keeps it, and knows when it holds; `zephyr.install` prepares it and carries it out.
"""

from __future__ import annotations

from zephyr.install.carrying_out import NotAsBefore, carry_out
from zephyr.install.prepared import Prepared
from zephyr_cache import Cache
from zephyr_cache.boot import boot_identity

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from zephyr_cache.link import LinkMode


def kept_change(prepared: Prepared, cache: Cache, link_mode: LinkMode | None) -> tuple[Any, ...]:
    """Return what is kept, in values that `marshal` takes."""
    return cache.root, boot_identity(), link_mode and link_mode.value, prepared.as_values()


def change_again(kept: tuple[Any, ...], is_as_before: Callable[[str], bool]) -> bool:
    """Make the change; False where something is not as it was, and nothing has changed.

    In another boot of the machine the cached files have to be read once. Raises what opening a cache and a
    transaction raise.
    """
    root, boot, link_mode, values = kept

    if not boot or boot != boot_identity():
        return False

    with Cache.open(root) as cache:
        try:
            carry_out(Prepared.from_values(values), cache, link_mode, is_as_before)
        except NotAsBefore:
            return False

    return True
