from __future__ import annotations

import errno
import os

import pytest

from zephyr_cache import CacheError, CacheLockTimeout, CacheTooNew, CacheUnwritable, DiskFull, StagedFileWrong
from zephyr_cache.errors import is_disk_full, reported


def failure(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("number", "kind", "identity"),
    [
        (errno.ENOSPC, DiskFull, "disk-full"),
        (errno.EDQUOT, DiskFull, "disk-full"),
        (errno.EROFS, CacheUnwritable, "cache-unwritable"),
        (errno.EACCES, CacheUnwritable, "cache-unwritable"),
        (errno.ENOTDIR, CacheUnwritable, "cache-unwritable"),
        (errno.EIO, CacheError, "cache-failed"),
    ],
)
def test_a_failure_of_the_disk_is_named_with_its_folder(
    number: int, kind: type[CacheError], identity: str
) -> None:
    with pytest.raises(kind) as caught, reported("/the/cache"):
        raise failure(number)

    assert caught.value.id == identity
    assert "/the/cache" in caught.value.message
    assert str(caught.value) == caught.value.message


def test_what_is_no_failure_of_the_disk_passes() -> None:
    with pytest.raises(ZeroDivisionError), reported("/the/cache"):
        raise ZeroDivisionError


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_disk_is_full_without_room_or_quota(number: int) -> None:
    assert is_disk_full(failure(number))
    assert not is_disk_full(failure(errno.ENOENT))


def test_every_error_has_an_id_of_its_own() -> None:
    kinds = [CacheError, CacheLockTimeout, CacheTooNew, CacheUnwritable, DiskFull, StagedFileWrong]

    assert len({kind.id for kind in kinds}) == len(kinds)
