from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest

from zephyr_cache import copying

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = os.urandom(200_000)
TIME = 1_600_000_000_123_456_789


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "source"
    path.write_bytes(CONTENT)
    os.utime(path, ns=(TIME, TIME))

    return str(path)


def refusing(number: int) -> Any:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def is_copied(path: Path) -> bool:
    return (path.read_bytes(), path.stat().st_mtime_ns) == (CONTENT, TIME)


def test_a_copy_that_fails_midway_leaves_nothing(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "utime", refusing(errno.ENOSPC))

    with pytest.raises(OSError, match="No space"):
        copying.copy(source, f"{tmp_path}/there", 0o644)

    assert not (tmp_path / "there").exists()


@pytest.mark.skipif(not hasattr(os, "copy_file_range"), reason="no such call here")
def test_where_the_kernel_cannot_copy_the_bytes_are_read_and_written(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "copy_file_range", refusing(errno.EXDEV))

    copying.copy(source, f"{tmp_path}/there", 0o644)

    assert is_copied(tmp_path / "there")


@pytest.mark.skipif(not hasattr(os, "copy_file_range"), reason="no such call here")
def test_a_copy_that_the_kernel_left_unfinished_is_finished(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = os.copy_file_range
    results = iter([1000])

    def lazy(origin: int, target: int, count: int) -> int:
        return genuine(origin, target, limit) if (limit := next(results, 0)) else 0

    monkeypatch.setattr(os, "copy_file_range", lazy)

    copying.copy(source, f"{tmp_path}/there", 0o644)

    assert is_copied(tmp_path / "there")
