from __future__ import annotations

from html.parser import HTMLParser

from tests.support.timings import an_install, span
from zephyr.cli.timings.page import page_text
from zephyr.cli.timings.spans import Timings

VOID = {"meta", "input"}


class Reader(HTMLParser):
    """Notes what a page holds, and refuses tags that do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.bars: list[dict[str, str | None]] = []
        self.addresses: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.addresses += [attributes[name] for name in ("src", "href") if name in attributes]

        if tag == "i":
            self.bars.append(attributes)

        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(timings: Timings) -> Reader:
    reader = Reader()
    reader.feed(page_text(timings))
    reader.close()

    return reader


def test_a_page_is_well_formed_and_needs_nothing_beside_it() -> None:
    reader = read(an_install())

    assert reader.open == []
    assert reader.addresses == []


def test_every_stretch_has_a_bar_at_its_time() -> None:
    bars = read(an_install()).bars
    (download,) = [bar for bar in bars if (bar["title"] or "").startswith("download demo")]

    assert len(bars) == len(an_install().spans)
    assert download["style"] == "left:37.500%;width:25.000%"
    assert download["title"] == "download demo-1.0-py3-none-any.whl: 500 ms at 750 ms, 5000000 bytes"


def test_the_critical_path_is_marked_and_so_is_what_failed() -> None:
    spans = (span("download", "a", 0, 1, outcome="failed"), span("download", "b", 0.5, 0.9))
    first, second = read(Timings("zephyr install", 1.0, spans)).bars

    assert first["class"] == "download failed path"
    assert second["class"] == "download"


def test_names_from_an_index_are_no_markup() -> None:
    hostile = '<script>alert("x")</script>'
    text = page_text(Timings("zephyr install", 1.0, (span("listing", hostile, 0, 1),)))

    assert "<script" not in text
    assert read(Timings("zephyr install", 1.0, (span("listing", hostile, 0, 1),))).open == []
