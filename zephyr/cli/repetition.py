"""Makes a change again that a memo has kept (docs/memo.md), as a command that can be interrupted."""

from __future__ import annotations

from zephyr.cli.signals import end_as_if_interrupted
from zephyr.errors import ZephyrError
from zephyr.memo.answer import verb_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def repeat(words: list[str], change: tuple[Any, ...], is_as_before: Callable[[str], bool]) -> int | None:
    """Return the exit code; None where nothing was done, as not all is as it was.

    What fails is left to the long road: it mends what can be mended, and says what cannot.
    """
    end_as_if_interrupted()

    try:
        return 0 if _again(words, change, is_as_before) else None
    except (ZephyrError, OSError):
        return None
    except BaseException as failure:  # noqa: BLE001 - the boundary, as in `zephyr.cli.app`
        from zephyr.cli.app import output_for
        from zephyr.cli.failures import report_failure

        return report_failure(failure, output_for(words))


def _again(words: list[str], change: tuple[Any, ...], is_as_before: Callable[[str], bool]) -> bool:
    if verb_of(words) == "venv":
        from zephyr.pipeline.kept_environment import make_again

        return make_again(change, is_as_before)

    from zephyr.pipeline.kept_change import change_again

    return change_again(change, is_as_before)
