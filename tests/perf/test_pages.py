from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from zephyr.model.artifact import Artifact, Listing
from zephyr_perf.pages import JSON_TYPE, ListedFile, Page, accepts_json, page_of, render_html, render_json
from zephyr_workers.simple_index import parse_page

DEMO = canonicalize_name("demo")
URL = "https://index.example/tree/simple/demo/"
WHEEL = ListedFile(
    "demo-1.0-py3-none-any.whl", "ab" * 32, 1200, ">=3.8,<4", "2020-02-02T00:00:00Z", 'so "bad"', "cd" * 32
)
SOURCE = ListedFile("demo-1.0.tar.gz", "ef" * 32)
PAGE = Page("demo", (WHEEL, SOURCE), ("1.0",))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(render_json(PAGE), JSON_TYPE), (render_html(PAGE), "text/html; charset=utf-8")],
)
def test_both_forms_say_the_same_to_a_client(body: bytes, content_type: str) -> None:
    wheel, source = parse_page(body, content_type, URL, DEMO).artifacts

    assert wheel.url == f"https://index.example/tree/{WHEEL.path}"
    assert (wheel.sha256, wheel.requires_python, wheel.yanked) == ("ab" * 32, ">=3.8,<4", 'so "bad"')
    assert wheel.metadata_hashes == {"sha256": "cd" * 32}
    assert (source.filename, source.yanked, source.metadata_hashes) == ("demo-1.0.tar.gz", None, None)


def test_only_json_tells_sizes_and_times() -> None:
    wheel, _ = parse_page(render_json(PAGE), JSON_TYPE, URL, DEMO).artifacts

    assert (wheel.size, wheel.upload_time) == (1200, "2020-02-02T00:00:00Z")


def test_an_index_of_html_alone_says_nothing_of_siblings() -> None:
    wheel, _ = parse_page(render_html(PAGE, siblings=False), "text/html", URL, DEMO).artifacts

    assert wheel.metadata_hashes is None


def test_the_page_of_a_listing_says_what_the_listing_says() -> None:
    artifacts = (
        Artifact(WHEEL.filename, "https://files.example/demo.whl", {"sha256": "ab" * 32}, 7, ">=3.8", ""),
        Artifact(SOURCE.filename, "https://files.example/demo.tar.gz"),
    )
    wheel, source = page_of(Listing(DEMO, artifacts)).files

    assert (wheel.sha256, wheel.size, wheel.requires_python, wheel.yanked) == ("ab" * 32, 7, ">=3.8", True)
    assert (wheel.metadata, source.metadata, source.yanked) == ("", None, False)


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        (f"{JSON_TYPE}, text/html;q=0.1", True),
        (f"text/html;q=0.1, {JSON_TYPE};q=0.9", True),
        ("text/html", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_json_is_for_those_who_name_it(accept: str, is_json: bool) -> None:
    assert accepts_json(accept) is is_json
