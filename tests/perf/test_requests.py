from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr_perf.requests import RequestLog, count

if TYPE_CHECKING:
    from pathlib import Path


def test_requests_are_counted_by_what_they_are_for() -> None:
    found = count(
        [
            "200 100 /tree/simple/demo/",
            "304 0 /tree/plain/demo/",
            "200 50 /tree/files/ab/cd/demo.whl.metadata",
            "206 25 /tree/files/ab/cd/demo.whl",
        ]
    )

    assert dict(found.kinds) == {"page": 2, "metadata": 1, "file": 1}
    assert (found.total, found.transferred, found.missing, found.fetched) == (4, 175, (), 0)


def test_an_unknown_project_is_an_answer_and_a_missing_file_none() -> None:
    found = count(["404 9 /tree/simple/unknown/", "404 9 /tree/files/ab/cd/demo.whl"])

    assert found.missing == ("/tree/files/ab/cd/demo.whl",)


def test_what_was_fetched_from_upstream_is_no_request() -> None:
    found = count(["upstream 0 tree/simple/demo/index.json", "200 9 /tree/simple/demo/"])

    assert (found.fetched, found.total) == (1, 1)


def test_only_what_came_since_is_told(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = RequestLog(str(path))
    assert log.position() == 0

    path.write_text("200 1 /tree/simple/a/\n")
    position = log.position()
    path.write_text(path.read_text() + "200 2 /tree/simple/b/\n")

    assert log.since(position).transferred == 2
