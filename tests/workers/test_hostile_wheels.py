"""Every hostile wheel is refused by its rule, and leaves nothing behind."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.support.hostile_wheels import CASES, Case
from zephyr_cache import Cache
from zephyr_workers.unpack import unpack_wheel
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from pathlib import Path

ROWS = {f"W{number:02}" for number in range(1, 36)}
HANDLED = {
    "W19": "test_unpack.py: modes become 0644 or 0755, whatever the archive says",
    "W35": "test_unpack.py: files that run at start-up are listed",
}
ELSEWHERE = {"W33": "files with several owners are found when an installation is planned"}


def test_every_row_of_the_table_has_a_case() -> None:
    assert ROWS - {case.row for case in CASES} == HANDLED.keys() | ELSEWHERE.keys()


def test_no_two_cases_are_the_same() -> None:
    assert len({str(case) for case in CASES}) == len(CASES)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache.open(str(tmp_path_factory.mktemp("cache")))


def everything_below(folder: str) -> list[str]:
    return sorted(
        os.path.join(path, name) for path, folders, files in os.walk(folder) for name in [*folders, *files]
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_hostile_wheel_is_refused(case: Case, cache: Cache, tmp_path: Path) -> None:
    data = case.build()
    archive = tmp_path / "archive"
    archive.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()

    with cache.staging():  # so that the staging area exists before and after
        before = everything_below(cache.root)

        with pytest.raises(InvalidWheel) as caught:
            unpack_wheel(str(archive), case.filename, cache, digest)

        assert everything_below(cache.root) == before

    assert caught.value.id.startswith(case.rule)
    assert caught.value.id == case.rule or case.rule.endswith("-")
    assert caught.value.message.isprintable()
    assert re.search(r"\.whl|\.zip", caught.value.message)
    assert caught.value.hint
    assert cache.tree(digest) is None
    assert os.listdir(tmp_path) == ["archive"]
