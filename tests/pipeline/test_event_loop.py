"""The loop of a command hands its answer on and never spells it out."""

from __future__ import annotations

import gc

import pytest

from zephyr.pipeline.event_loop import run_in_loop


class Answer:
    """An answer that must not be spelled out."""

    def __repr__(self) -> str:
        raise AssertionError("the answer was spelled out")


def test_the_answer_is_handed_on_without_being_spelled_out() -> None:
    answer = Answer()

    async def find(given: Answer) -> Answer:
        return given

    assert run_in_loop(find, answer) is answer


def test_a_failure_inside_comes_out_as_it_is() -> None:
    async def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        run_in_loop(fail)


def test_what_is_loaded_is_left_alone_only_while_the_loop_runs() -> None:
    async def frozen() -> int:
        return gc.get_freeze_count()

    before = gc.get_freeze_count()

    assert run_in_loop(frozen) > before
    assert gc.get_freeze_count() == before == 0
