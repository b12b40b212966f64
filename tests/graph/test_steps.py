"""Steps that no node makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zephyr.graph.events import Step
from zephyr.graph.steps import step

if TYPE_CHECKING:
    from zephyr.graph.events import Event


def test_a_step_is_told_when_it_is_over() -> None:
    events: list[Event] = []

    with step(events.append, "plan", "demo"):
        assert events == []

    (told,) = events
    assert isinstance(told, Step)
    assert (told.kind, told.label, told.resource) == ("plan", "demo", None)
    assert told.begin <= told.time


def test_a_step_that_fails_is_told_too() -> None:
    events: list[Event] = []

    with pytest.raises(KeyError), step(events.append, "commit"):
        raise KeyError

    assert len(events) == 1
