from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.trees import publish
from zephyr_cache import checking

if TYPE_CHECKING:
    from collections.abc import Callable

    from zephyr_cache import Cache

FILES = {"purelib/demo.py": b"x = 1\n", "purelib/other.py": b"y = 2\n"}
HOUR = 3600 * 10**9


def overwrite(path: str) -> None:
    with open(path, "wb") as stream:
        stream.write(b"x = 9\n")

    os.utime(path, ns=(HOUR, HOUR))


def shorten(path: str) -> None:
    status = os.stat(path)
    os.truncate(path, 3)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def link(path: str) -> None:
    os.rename(path, f"{path}.original")
    os.symlink(f"{path}.original", path)


def folder(path: str) -> None:
    os.unlink(path)
    os.mkdir(path)


def make_executable(path: str) -> None:
    os.chmod(path, 0o755)


@pytest.mark.parametrize("harm", [overwrite, shorten, os.unlink, link, folder, make_executable])
@pytest.mark.parametrize("check", [checking.changed_files, checking.wrong_files])
def test_a_file_that_was_changed_is_found(
    cache: Cache, harm: Callable[[str], None], check: Callable[..., object]
) -> None:
    tree = publish(cache, "a", FILES)
    assert check(tree) == ()

    harm(f"{tree.path}/purelib/demo.py")

    assert check(tree) == (tree.files[0],)


@pytest.mark.parametrize("check", [checking.changed_files, checking.wrong_files])
def test_a_restored_copy_is_right_and_gets_its_times_back(cache: Cache, check: Callable[..., object]) -> None:
    tree = publish(cache, "a", FILES)
    for file in tree.files:
        os.utime(f"{tree.path}/{file.section}/{file.path}", ns=(HOUR, HOUR))

    assert check(tree) == ()
    assert [os.stat(f"{tree.path}/purelib/{file.path}").st_mtime_ns for file in tree.files] == [
        file.mtime_ns for file in tree.files
    ]


def test_a_file_in_the_way_of_a_folder_is_damage(cache: Cache) -> None:
    tree = publish(cache, "a", FILES)
    os.rename(f"{tree.path}/purelib", f"{tree.path}/elsewhere")
    open(f"{tree.path}/purelib", "w").close()

    assert checking.changed_files(tree) == tree.files
