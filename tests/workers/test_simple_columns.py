"""What is told of all archives of a page at once is what would be told of each."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from zephyr.model.artifact import Artifact
from zephyr.model.lowering import FileColumns
from zephyr_workers import simple_files
from zephyr_workers.network_errors import IndexPageInvalid
from zephyr_workers.simple_columns import read_columns
from zephyr_workers.simple_entries import Entry, read_entry
from zephyr_workers.simple_files import FileCollector

URL = "https://index.example/simple/foo-bar/"
NAME = canonicalize_name("foo-bar")

_FILENAMES = (
    "foo_bar-1.0-py3-none-any.whl",
    "Foo.Bar-1.0-1-py3-none-any.whl",
    "foo_bar-2.0-py3-none-any.whl",
    "foo-bar-1.0.tar.gz",
    "foo_bar-2.0.zip",
    # What is not of this project, not an archive, or not a name
    "foo-bar-1.0-py3-none-any.whl",
    "foo__bar-1.0.tar.gz",
    "foo_bar_more-1.0.tar.gz",
    "foo_bar_more-1.0-py3-none-any.whl",
    "foo_barn-1.0.tar.gz",
    "foo_bar-1.0.exe",
    "foo_bar.whl",
    "foo_bar-1.0\n.zip",
    "../foo_bar-1.0.zip",
    "",
    None,
)
_LINKS = (
    "../../files/ab/x.whl",
    "https://files.example:8080/x/y+z~1%20.whl",
    "x.whl",
    "http://files.example/x.whl",
    "https://user@files.example/x.whl",
    "x.whl\ny.whl",
    "x%00.whl",
    "x/../y.whl#sha256=1",
    "//x",
    "javascript:x",
    "a" * 9000,
    "",
    None,
)
_DIGEST = "0123456789abcdef" * 4
_HASHES: tuple[object, ...] = (
    {"sha256": _DIGEST},
    {"sha256": _DIGEST.upper()},
    {"sha256": _DIGEST[1:]},
    {"sha256": f"{_DIGEST}\n{_DIGEST}"},
    {"sha256": _DIGEST, "md5": "ab" * 16},
    {"md5": "ab" * 16},
    {"sha256": None},
    {},
    [],
)


def entries(plain: float) -> st.SearchStrategy[Entry]:
    """Draw entries; the first value of each property, or a few of them, are what most pages have."""

    def of(values: tuple[Any, ...], usual: int) -> st.SearchStrategy[Any]:
        return st.sampled_from(values[:usual] if plain else values)

    return st.fixed_dictionaries(
        {"filename": of(_FILENAMES, 5), "url": of(_LINKS, 3), "hashes": of(_HASHES, 1)},
        optional={
            "size": of((3, None, 0, -1, True, "3", 1.5), 3),
            "requires-python": of((">=3.8", None, "", 3), 3),
            "yanked": of((False, True, "why", "", None, 1), 6),
            "upload-time": of(("2024-01-01T00:00:00Z", 3), 2),
            "core-metadata": of((True, {"sha256": _DIGEST}, {"sha256": "x"}, False), 4),
        },
    )


PAGES = st.lists(entries(plain=True), unique_by=lambda one: one["filename"]) | st.lists(
    entries(plain=False), max_size=4
)


@given(PAGES)
def test_columns_say_what_the_entries_say(page: list[Entry]) -> None:
    archives = [one for one in page if str(one["filename"]).endswith((".whl", ".tar.gz", ".zip"))]
    columns = read_columns(archives, URL, NAME)
    files = [read_entry(one, URL, NAME) for one in archives]
    usable = [file for file in files if isinstance(file, Artifact)]

    if columns is None:
        return

    assert len(usable) == len(files) == len({file.filename for file in usable})
    assert [list(column) for column in columns] == [
        [file.filename for file in usable],
        [file.requires_python for file in usable],
        [file.yanked is not None for file in usable],
        [file.sha256 for file in usable],
    ]


@given(st.lists(entries(plain=True), unique_by=lambda one: one["filename"]))
def test_nearly_all_pages_are_told_by_their_columns(page: list[Entry]) -> None:
    assert isinstance(read_columns(page, URL, NAME), FileColumns)


@given(PAGES, st.sampled_from((NAME, None)))
@example([{"filename": "foo_bar-1.0.exe", "url": "x", "hashes": {}}] * 2, NAME)
def test_a_listing_is_the_same_whichever_way_it_was_read(page: list[Entry], name: Any) -> None:
    def read() -> Any:
        try:
            listing = FileCollector(URL, name).listing(page)
        except IndexPageInvalid as error:
            return error.message

        return list(listing.artifacts), listing.skipped

    told = read()

    with patch.object(simple_files, "read_columns", return_value=None):
        assert read() == told
