from __future__ import annotations

import errno
import os

import pytest

from zephyr_cache import CacheError, CacheLockTimeout, CacheTooNew, CacheUnwritable, DiskFull, StagedFileWrong
from zephyr_cache.errors import full_disk_reported, reported


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


def test_only_a_full_disk_is_reported_from_a_block_that_is_not_ours() -> None:
    with pytest.raises(DiskFull, match="/the/cache"), full_disk_reported("/the/cache"):
        raise failure(errno.ENOSPC)

    with pytest.raises(FileNotFoundError), full_disk_reported("/the/cache"):
        raise failure(errno.ENOENT)


def test_every_error_has_an_id_of_its_own() -> None:
    kinds = [CacheError, CacheLockTimeout, CacheTooNew, CacheUnwritable, DiskFull, StagedFileWrong]

    assert len({kind.id for kind in kinds}) == len(kinds)
