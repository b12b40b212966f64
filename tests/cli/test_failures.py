"""Which failure is reported, and how."""

from __future__ import annotations

import errno

import pytest

from zephyr.cli.failures import report_failure
from zephyr.cli.output import Output
from zephyr.errors import UsageError
from zephyr_cache.errors import DiskFull

FULL = DiskFull("the disk is full", hint="free some space")


def group(*failures: BaseException) -> BaseException:
    return BaseExceptionGroup("unhandled errors in a TaskGroup", failures)


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (FULL, 1, "error[disk-full]"),
        (group(FULL), 1, "error[disk-full]"),
        (group(FULL, DiskFull("again", hint="")), 1, "error[disk-full]: the disk is full"),
        (group(group(FULL, OSError(errno.EIO, "broken")), FULL), 1, "error[disk-full]"),
        (group(FULL, ZeroDivisionError()), 2, "error[bug]"),
        (group(UsageError("no such thing"), FULL), 2, "no such thing"),
        (group(ZeroDivisionError(), KeyboardInterrupt()), 130, "error[interrupted]"),
        (OSError(errno.ENOSPC, "No space left on device", "place"), 1, "error[disk-full]"),
    ],
)
def test_tasks_that_fail_together_are_told_as_one_failure(
    failure: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report_failure(failure, Output()) == code
    assert said in capsys.readouterr().err
