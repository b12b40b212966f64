"""Turns a failure into words on standard error and an exit code.

Foreseen failures carry an id, a message and a hint. Anything else is a bug of Zephyr: the traceback is
shown at ``-vvv`` only.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, cast

from zephyr.cli.signals import received_signal
from zephyr.errors import ZephyrError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zephyr.cli.output import Output

_TRACEBACK_LEVEL = 3


def report_failure(failure: BaseException, output: Output) -> int:
    """Say why the command failed and return its exit code."""
    failure = _most_telling(failure)

    if output.level >= _TRACEBACK_LEVEL:
        output.say("".join(traceback.format_exception(failure)).rstrip(), level=_TRACEBACK_LEVEL)

    if isinstance(failure, ZephyrError):
        output.fail(failure.id, failure.message, hint=failure.hint, details=failure.details)
        return failure.exit_code

    if isinstance(failure, KeyboardInterrupt) or type(failure).__name__ == "Abort":
        output.fail("interrupted", "Interrupted; nothing is left half done.")
        return 128 + (received_signal() or signal.SIGINT)

    if isinstance(failure, BrokenPipeError):
        # Whoever read standard output went away (`zephyr list | head`): nothing is left to say.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
        return 1

    return _report_foreign(failure, output)


def _most_telling(failure: BaseException) -> BaseException:
    """Return the one failure to report: tasks that run at the same time may fail at the same time.

    An interrupt explains all others, and a bug must not hide behind a failure that was foreseen.
    """
    single = list(_leaves(failure))
    interrupts = [each for each in single if isinstance(each, KeyboardInterrupt)]
    bugs = [each for each in single if not _is_foreseen(each)]

    return (*interrupts, *bugs, *single)[0]


def _leaves(failure: BaseException) -> Iterator[BaseException]:
    inner = cast("tuple[BaseException, ...]", getattr(failure, "exceptions", ()))

    if not inner:
        yield failure

    for each in inner:
        yield from _leaves(each)


def _is_foreseen(failure: BaseException) -> bool:
    from zephyr_cache.errors import CacheError

    return isinstance(failure, (ZephyrError, CacheError, OSError))


def _report_usage(failure: BaseException, message: str, output: Output) -> int:
    """Report what the parser of the command line refuses: 1 for words, 2 for options, as with pip."""
    context = getattr(failure, "ctx", None)
    command = context.command_path if context else "zephyr"
    kind = type(failure).__name__

    if kind == "NoArgsIsHelpError":
        is_whole = command == "zephyr"
        (output.result if is_whole else output.say)(message)
        return 0 if is_whole else 1

    output.fail("usage", message, hint=f"`{command} --help` lists what there is.")
    # Which command it is, and what that is about: words that are too many, unknown, or missing.
    is_argument = getattr(getattr(failure, "param", None), "param_type_name", "") == "argument"

    return 1 if kind == "UsageError" or is_argument else 2


def _report_foreign(failure: BaseException, output: Output) -> int:
    """Report a failure of the cache, the command line's parser or the system; the rest are bugs."""
    from zephyr_cache.errors import CacheError

    if isinstance(failure, CacheError):
        output.fail(failure.id, failure.message, hint=failure.hint)
        return 1

    format_message: Callable[[], str] | None = getattr(failure, "format_message", None)

    if format_message is not None:  # the parser's own exceptions, which typer does not export
        return _report_usage(failure, format_message(), output)

    if isinstance(failure, OSError) and failure.errno is not None:
        where = f": {failure.filename}" if failure.filename else ""
        disk_full = failure.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        id = "disk-full" if disk_full else "system"  # noqa: A001 - the word users see
        output.fail(
            id,
            f"{failure.strerror}{where}",
            hint="Make room, then run the command again." if disk_full else None,
        )
        return 1

    output.fail(
        "bug",
        f"Zephyr failed in a way it should not: {type(failure).__name__}: {failure}",
        hint="Run the same command with -vvv and report what it prints.",
    )

    return 2
