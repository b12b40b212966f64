"""What a task is: a key, the resource it uses, and the action that makes its value."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from zephyr.graph.work import Work

T_co = TypeVar("T_co", covariant=True)


class Resource(enum.Enum):
    """What an action mostly uses; each has its own limit (see `zephyr.graph.limits`)."""

    NETWORK = "network"
    """Requests on their way: cheap to have many of."""
    WHEEL = "wheel"
    """Wheels on their way into the cache, each with a lock and a folder there."""
    DISK = "disk"
    """Threads that hash, inflate and write: of those that wait, the largest is first."""
    BUILD = "build"
    """Child processes that build from source."""
    LINK = "link"
    """Threads that place files into an environment."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node(Generic[T_co]):
    """One task and how to do it.

    The ``key`` is the identity: of two nodes with equal keys only the first met by a graph runs, and
    both stand for its value. Its ``repr`` is shown in errors. ``dependencies`` have succeeded before
    ``action`` is called, which then reads their values with ``work.get``; what is found to be needed
    only on the way is asked for in the same manner. ``label`` is for people (by default the key);
    ``size`` is an estimate of the work, in whatever unit ``work.progress`` counts, for a display.
    """

    key: Hashable
    resource: Resource
    action: Callable[[Work], Awaitable[T_co]]
    dependencies: tuple[Node[Any], ...] = ()
    label: str = ""
    size: int | None = None

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.key if isinstance(self.key, str) else repr(self.key))

    def __repr__(self) -> str:
        return f"Node({self.key!r}, {self.resource.name})"
