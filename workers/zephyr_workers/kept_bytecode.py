"""Which bytecode the cache has: all that an install needs to know when nothing is to be compiled."""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr_cache import Cache, Tree

FORMAT = 1


def variant_of(cache_tag: str, magic: str, optimisation: int) -> str:
    """Return the cache variant of a bytecode tree; ``magic`` is hexadecimal."""
    return f"{cache_tag}-{magic}-{optimisation}"


def kept_bytecode(tree: Tree, variant: str, cache: Cache) -> Tree | None:
    """Return the bytecode tree of ``tree``, None where it is to be made; one of another format goes."""
    found = cache.tree(tree.digest, variant)

    if found is None or found.attributes.get("format") == FORMAT:
        return found

    cache.evict(tree.digest, variant)

    return None
