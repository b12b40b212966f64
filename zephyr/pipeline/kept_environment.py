"""A new environment that is kept for when the same is asked again and nothing is at its place.

`zephyr.memo` keeps it, and knows when it holds.
"""

from __future__ import annotations

from zephyr.environments.making import Contents, make

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from zephyr.environments.creation import NewEnvironment


def kept_environment(new: NewEnvironment) -> tuple[Any, ...]:
    """Return what is kept, in values that `marshal` takes."""
    contents = new.contents

    return new.environment.root, contents.folders, contents.links, contents.copies, contents.files


def make_again(kept: tuple[Any, ...], is_as_before: Callable[[str], bool]) -> bool:  # noqa: ARG001 - `make` looks
    """Make the environment; raises as `zephyr.environments.making.make` does."""
    root, *contents = kept
    make(root, Contents(*contents), clear=False)

    return True
