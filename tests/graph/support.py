"""Nodes for graph tests, spelled shortly, and a record of what happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio

from zephyr.graph.events import Event, Notice, TaskEvent
from zephyr.graph.node import Node, Resource

if TYPE_CHECKING:
    from collections.abc import Hashable


@dataclass
class Bench:
    """Makes nodes and remembers which actions ran and what the graph told."""

    ran: list[Hashable] = field(default_factory=list[Any])
    events: list[Event] = field(default_factory=list[Event])
    working: int = 0
    most_working: int = 0

    def value(self, key: str, value: Any = None, *needs: Node[Any], **options: Any) -> Node[Any]:
        """A node that yields to others once, then returns ``value`` (default: the key)."""

        async def action(work: Any) -> Any:
            self.ran.append(key)
            self.working += 1
            self.most_working = max(self.most_working, self.working)

            try:
                await anyio.lowlevel.checkpoint()
            finally:
                self.working -= 1

            return key if value is None else value

        return node(key, action, *needs, **options)

    def failing(self, key: str, error: Exception, **options: Any) -> Node[Any]:
        """A node that raises."""

        async def action(work: Any) -> Any:
            self.ran.append(key)
            await anyio.lowlevel.checkpoint()
            raise error

        return node(key, action, **options)

    def asking(self, key: str, *others: Node[Any], **options: Any) -> Node[Any]:
        """A node that asks for others, one after the other, and returns their values."""

        async def action(work: Any) -> Any:
            self.ran.append(key)
            return [await work.get(other) for other in others]

        return node(key, action, **options)

    def told(self, *keys: Hashable) -> list[str]:
        """What the graph told of these keys (default: all), as ``kind key``."""
        return [
            f"{type(event).__name__.removeprefix('Task').lower()} {event.key}"
            for event in self.events
            if isinstance(event, TaskEvent) and (not keys or event.key in keys)
        ]

    def notices(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Notice)]


@dataclass
class Gate:
    """A node that tells that it runs and then waits until it is opened."""

    key: str = "gate"
    resource: Resource = Resource.NETWORK
    reached: anyio.Event = field(default_factory=anyio.Event)
    opened: anyio.Event = field(default_factory=anyio.Event)
    runs: int = 0
    cancelled: int = 0

    @property
    def node(self) -> Node[str]:
        return Node(self.key, self.resource, self._action)

    async def _action(self, work: Any) -> str:
        self.runs += 1
        self.reached.set()

        try:
            await self.opened.wait()
        except BaseException:
            self.cancelled += 1
            raise

        return self.key


def node(
    key: str, action: Any, *needs: Node[Any], resource: Resource = Resource.NETWORK, **options: Any
) -> Node[Any]:
    return Node(key, resource, action, needs, **options)
