"""What a graph raises of its own, and the path that a failure took through it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, cast

from zephyr.errors import InternalError, ZephyrError

if TYPE_CHECKING:
    from collections.abc import Container, Hashable

    from zephyr.graph.node import Node

_PATH = "graph_path"


class TaskCycle(ZephyrError):
    """Raised when a node would wait, directly or through others, for itself.

    ``chain`` holds the keys in the order of waiting; its first and last are the same.
    """

    id = "task-cycle"

    def __init__(self, nodes: tuple[Node[Any], ...]) -> None:
        self.chain: tuple[Hashable, ...] = tuple(node.key for node in nodes)
        super().__init__(f"a task waits for itself: {' -> '.join(node.label for node in nodes)}")


class NodeCancelled(ZephyrError):
    """Raised to whoever waits for a node that was cancelled by somebody else."""

    id = "task-cancelled"

    def __init__(self, node: Node[Any]) -> None:
        self.key = node.key
        super().__init__(f"{node.label} was cancelled")


class GraphClosed(InternalError):
    """Raised when a graph is asked for something before or after its ``async with`` block."""

    id = "task-graph-closed"


def failure_path(error: BaseException) -> tuple[Node[Any], ...]:
    """Return the nodes that ``error`` came through: the first asked for first, the culprit last.

    Empty for an error that no graph has seen. An error that reached several askers carries one of
    their paths: the one that it took first.
    """
    path: tuple[Node[Any], ...] = getattr(error, _PATH, ())

    return path


def extend_path(error: Exception, node: Node[Any], asked: Container[Hashable]) -> None:
    """Put ``node`` in front of the path of ``error``, which came out of its action.

    ``asked`` holds the keys that the node asked for: an error that already has a path goes on from
    its first node only to one that asked for that node.
    """
    path = failure_path(error)

    if path and path[0].key not in asked:
        return

    # Some exceptions refuse attributes; their failure must still be raised.
    with contextlib.suppress(AttributeError, TypeError):
        setattr(error, _PATH, (node, *path))


def unwrapped(error: BaseException) -> BaseException:
    """Return the one exception inside (nested) groups of one.

    A group of several is returned as it is: there is no single failure to name.
    """
    current: BaseException = error

    while isinstance(current, BaseExceptionGroup):
        inner = cast("tuple[BaseException, ...]", current.exceptions)  # pyright: ignore[reportUnknownMemberType]

        if len(inner) != 1:
            return error

        (current,) = inner

    return current
