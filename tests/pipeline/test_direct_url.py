"""What an installation says of its origin, beside what a lock says."""

from __future__ import annotations

from typing import Any

import pytest

from zephyr.pipeline.direct_url import is_same_origin

URL = "https://files.example/demo.zip"


def archive(**hashes: str) -> dict[str, Any]:
    return {"url": URL, "archive_info": {"hashes": hashes}}


WANTED = archive(sha256="a", sha512="b")


@pytest.mark.parametrize(
    ("recorded", "same"),
    [
        (archive(sha256="a"), True),
        ({"url": URL, "archive_info": {"hash": "sha256=a", "hashes": {"sha256": "a", "md5": "c"}}}, True),
        (archive(sha256="a", sha512="other"), False),
        (archive(md5="c"), False),
        (archive(), False),
        (archive(sha256="a") | {"url": f"{URL}x"}, False),
        (archive(sha256="a") | {"subdirectory": "x"}, False),
        ({"url": URL, "archive_info": 1}, False),
        ({"url": URL, "archive_info": {"hashes": [1]}}, False),
        ({"url": URL, "dir_info": {}}, False),
        (None, False),
    ],
)
def test_archives_are_the_same_by_the_hashes_that_both_tell(
    recorded: dict[str, Any] | None, same: bool
) -> None:
    assert is_same_origin(recorded, WANTED) is same


def test_folders_and_repositories_are_the_same_by_the_whole_document() -> None:
    folder = {"url": "file:///demo", "dir_info": {"editable": True}}

    assert is_same_origin({**folder}, folder)
    assert not is_same_origin(folder | {"dir_info": {}}, folder)
