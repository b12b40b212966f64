"""The event loop of a command, begun where the cache is not enough and ended with its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


def run_in_loop(function: Callable[[*Arguments], Awaitable[T]], *arguments: *Arguments) -> T:
    """Run ``function`` in an event loop of its own and return its answer; raises what it raises.

    The answer is no result of the loop's task: when the handler of interrupts is put back, the signal module
    spells that task out, result and all, and an answer can name every file of an install.
    """
    import anyio

    from zephyr.pipeline.heap import loaded_left_alone

    answers: list[T] = []

    async def keep_answer() -> None:
        answers.append(await function(*arguments))

    with loaded_left_alone():
        anyio.run(keep_answer)

    return answers[0]
