"""What holds for index pages in JSON and in HTML, and each format's own rules."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.network import name_of
from zephyr.model.artifact import Listing, ProjectStatus
from zephyr_workers import simple_files
from zephyr_workers.network_errors import IndexPageInvalid, IndexPageUnexpected, NetworkError
from zephyr_workers.simple_files import FileCollector
from zephyr_workers.simple_index import parse_page
from zephyr_workers.simple_links import absolute_url

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://index.example/simple/demo/"
WHEEL = "demo-1.0-py3-none-any.whl"
SHA256 = "a" * 64
JSON = "application/vnd.pypi.simple.v1+json"


def html(*lines: str, url: str = URL, name: str | None = "demo") -> Listing:
    return parse_page("\n".join(lines).encode(), "text/html", url, name_of(name) if name else None)


def link(href: str = WHEEL, attributes: str = "") -> str:
    return f'<a href="{href}" {attributes}>text</a>'


def document(*files: dict[str, Any], **more: Any) -> Listing:
    page = {"meta": {"api-version": "1.0"}, "name": "demo", "files": files} | more

    return parse_page(json.dumps(page).encode(), JSON, URL, name_of("demo"))


def entry(filename: str = WHEEL, **more: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"filename": filename, "url": filename, "hashes": {}}

    return plain | more


class TestHtml:
    def test_everything_about_a_file_is_read(self) -> None:
        listing = html(
            "<!DOCTYPE html><html><head>",
            '<meta name="pypi:repository-version" content="1.0">',
            '<meta name="pypi:project-status" content="archived">',
            '<meta name="pypi:project-status-reason" content="so it is"></head>',
            link(
                f"../../files/{WHEEL}?a=1&amp;b=2#sha256={SHA256.upper()}&egg=x",
                'data-requires-python="&gt;=3.8" data-yanked="bad &lt;b&gt;" '
                f'data-core-metadata="sha256={SHA256}" data-upload-time="2024-01-01T00:00:00Z"',
            ),
        )

        (artifact,) = listing.artifacts
        assert artifact.url == f"https://index.example/files/{WHEEL}?a=1&b=2"
        assert artifact.filename == WHEEL
        assert artifact.hashes == {"sha256": SHA256}
        assert artifact.requires_python == ">=3.8"
        assert artifact.yanked == "bad <b>"
        assert artifact.metadata_hashes == {"sha256": SHA256}
        assert artifact.upload_time == "2024-01-01T00:00:00Z"
        assert (listing.status, listing.status_reason) == (ProjectStatus.ARCHIVED, "so it is")

    @pytest.mark.parametrize(
        ("attributes", "yanked"),
        [("", None), ("data-yanked", ""), ('data-yanked=""', ""), ("data-yanked='why'", "why")],
    )
    def test_a_yank_may_have_no_reason(self, attributes: str, yanked: str | None) -> None:
        assert html(link(attributes=attributes)).artifacts[0].yanked == yanked

    @pytest.mark.parametrize(
        ("attributes", "hashes"),
        [
            ("", None),
            ('data-core-metadata="true"', {}),
            ('data-dist-info-metadata="true"', {}),
            ('data-core-metadata="false" data-dist-info-metadata="true"', None),
            (f'data-dist-info-metadata="sha256={SHA256}"', {"sha256": SHA256}),
        ],
    )
    def test_a_sibling_is_announced_by_either_attribute(
        self, attributes: str, hashes: dict[str, str] | None
    ) -> None:
        assert html(link(attributes=attributes)).artifacts[0].metadata_hashes == hashes

    @pytest.mark.parametrize(
        "text",
        [
            f"<A HREF='{WHEEL}'>x</A>",
            f"<a\n\thref = {WHEEL} >x</a>",
            f'<a data-requires-python=">=3,<4" href="{WHEEL}">x',
            f'<!-- <a href="other-1.0.zip"> --><a class=x href="{WHEEL}"/>',
            f"<p>a < b</p><abbr>x</abbr><a href='{WHEEL}'>",
        ],
    )
    def test_the_markup_people_write_is_understood(self, text: str) -> None:
        (artifact,) = html(text).artifacts

        assert artifact.url == URL + WHEEL
        assert html(text).skipped == ()

    def test_a_base_moves_relative_links(self) -> None:
        listing = html('<base href="https://files.example/x/">', link())

        assert listing.artifacts[0].url == f"https://files.example/x/{WHEEL}"

    def test_a_comment_hides_what_it_holds(self) -> None:
        assert len(html("<html><!--", link(), "<a>").artifacts) == 0

    def test_percent_encoding_is_undone_once(self) -> None:
        listing = html(link("demo-1.0%2Bcpu-py3-none-any.whl"), link("demo-2.0%252Bx-py3-none-any.whl"))

        assert [artifact.filename for artifact in listing.artifacts] == [
            "demo-1.0+cpu-py3-none-any.whl",
            "demo-2.0%2Bx-py3-none-any.whl",
        ]

    @given(
        filename=st.sampled_from([WHEEL, "demo-1.0.tar.gz", "demo-1.0.exe", "other-1.0.zip", "demo.whl"]),
        folder=st.sampled_from(["https://files.example/a/", "https://files.example/a/../b/", "https://x/"]),
        spell=st.sampled_from([str, str.upper, str.title]),
        data=st.lists(
            st.tuples(
                st.sampled_from(
                    ["requires-python", "yanked", "core-metadata", "dist-info-metadata", "upload-time"]
                ),
                st.sampled_from(["", "true", "false", "&gt;=3.8", ">=3.8,<4", "caf\xe9", f"sha256={SHA256}"]),
            ),
            max_size=5,
        ),
    )
    def test_the_quick_way_gives_the_same_answer(
        self, filename: str, folder: str, spell: Callable[[str], str], data: list[tuple[str, str]]
    ) -> None:
        href = f"{folder}{filename}#sha256={spell(SHA256)}"
        attributes = " ".join(f'{spell("data-" + name)}="{value}"' for name, value in data)

        # An attribute that the quick way does not know leads to the general one.
        quick = html(link(href, attributes), link())
        general = html(link(href, f"{attributes} rel=x"), link())

        assert quick == general

    def test_ten_thousand_links_take_well_under_200_ms(self) -> None:
        page = "\n".join(
            link(
                f"https://files.example/{'ab/' * 10}demo-{number // 10}.0-cp3{number % 10}-none-any.whl"
                f"#sha256={SHA256}",
                'data-requires-python="&gt;=3.8"',
            )
            for number in range(10_000)
        ).encode()

        # The best of five in processor time, as the machine may have other work.
        def seconds() -> float:
            begin = time.thread_time()
            assert len(parse_page(page, "text/html", URL, name_of("demo")).artifacts) == 10_000
            return time.thread_time() - begin

        assert min(seconds() for _ in range(5)) < 0.2

    @pytest.mark.parametrize("piece", ["<a '", '<a "', "<a ", "<!--", "<a href='x'", "< a", "<a b=c "])
    def test_a_page_made_to_be_slow_is_not(self, piece: str) -> None:
        begin = time.thread_time()
        html("<html><a>", piece * 100_000)

        assert time.thread_time() - begin < 2

    def test_another_charset_is_obeyed(self) -> None:
        body = link(attributes='data-yanked="caf\xe9"').encode("latin-1")

        assert (
            parse_page(body, "text/html; charset=iso-8859-1", URL, name_of("demo")).artifacts[0].yanked
            == "café"
        )

        with pytest.raises(IndexPageInvalid):
            parse_page(body, "text/html; charset=utf-8", URL, name_of("demo"))

        with pytest.raises(IndexPageInvalid):
            parse_page(body, "text/html; charset=nonsense", URL, name_of("demo"))


class TestJson:
    def test_everything_about_a_file_is_read(self) -> None:
        listing = document(
            entry(
                hashes={"sha256": SHA256.upper(), "crc": "1"},
                size=12,
                yanked="bad",
            )
            | {
                "requires-python": ">=3.8",
                "upload-time": "2024-01-01T00:00:00Z",
                "core-metadata": {"sha256": SHA256},
            },
            **{"project-status": {"status": "quarantined", "reason": "malware"}},
        )

        (artifact,) = listing.artifacts
        assert artifact.url == URL + WHEEL
        assert artifact.hashes == {"sha256": SHA256}
        assert (artifact.size, artifact.yanked, artifact.requires_python) == (12, "bad", ">=3.8")
        assert artifact.upload_time == "2024-01-01T00:00:00Z"
        assert artifact.metadata_hashes == {"sha256": SHA256}
        assert (listing.status, listing.status_reason) == (ProjectStatus.QUARANTINED, "malware")

    @pytest.mark.parametrize(
        ("value", "yanked"), [(True, ""), (False, None), ("why", "why"), ("", ""), (None, None), (3, None)]
    )
    def test_a_yank_is_a_truth_or_a_text(self, value: object, yanked: str | None) -> None:
        assert document(entry(yanked=value)).artifacts[0].yanked == yanked

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"\xff\xfe{}",
            b"\xef\xbb\xbf{}",
            b'{"meta": {"api-version": "1.0"}, "files": NaN}',
            b'{"meta": {"api-version": "1.0"}, "files": {}}',
            b'{"meta": {"api-version": "1.0"}, "files": [], "files": []}',
            b'{"meta": {"api-version": "1.0"}}',
            b"[" * 100_000,
        ],
    )
    def test_a_page_that_breaks_the_format_is_refused(self, body: bytes) -> None:
        with pytest.raises(IndexPageInvalid, match=r"index\.example"):
            parse_page(body, JSON, URL, name_of("demo"))

    @pytest.mark.parametrize(
        "bad",
        [
            {},
            {"filename": 3},
            {"url": None},
            {"size": -1},
            {"size": "1"},
            {"size": True},
            {"requires-python": 3},
            {"hashes": {"sha256": "short"}},
            {"hashes": {"sha256": "g" * 64}},
            {"url": "javascript:alert(1)"},
            {"url": "file:///etc/passwd"},
            {"filename": "../demo-1.0.zip"},
            {"filename": "demo-1.0-py3-none-any\n.whl"},
            {"filename": "demo.whl"},
        ],
    )
    def test_a_bad_entry_is_left_out_and_counted(self, bad: dict[str, Any]) -> None:
        listing = document(entry("demo-2.0.tar.gz"), entry() | bad if bad else {})

        assert [artifact.filename for artifact in listing.artifacts] == ["demo-2.0.tar.gz"]
        assert len(listing.skipped) == 1


class TestBoth:
    @pytest.mark.parametrize("version", ["2.0", "0.9", "junk", "", "1", "1.x", "²."])
    def test_another_major_version_is_refused(self, version: str) -> None:
        with pytest.raises(IndexPageInvalid, match="Simple API"):
            html(f'<meta name="pypi:repository-version" content="{version}">', link())

        with pytest.raises(IndexPageInvalid, match="Simple API"):
            document(meta={"api-version": version})

    def test_a_newer_minor_version_is_noted(self) -> None:
        assert document(entry(), meta={"api-version": "1.99"}).skipped == (
            "parts of a newer Simple API: 1.99",
        )

    def test_files_of_other_projects_are_left_out(self) -> None:
        listing = html(link(), link("other-1.0.tar.gz"), link("demo_more-1.0-py3-none-any.whl"))

        assert [artifact.filename for artifact in listing.artifacts] == [WHEEL]
        assert listing.skipped == ("file of another project: other-1.0.tar.gz and 1 more",)

    def test_a_page_of_other_projects_only_is_refused(self) -> None:
        with pytest.raises(IndexPageInvalid, match="other projects"):
            html(link("other-1.0.tar.gz"))

    def test_names_are_compared_as_normalised(self) -> None:
        listing = html(
            link("Zope.Interface-1.0.tar.gz"),
            link("zope_interface-1.0-py3-none-any.whl"),
            name="zope-interface",
        )

        assert len(listing.artifacts) == 2

    def test_a_name_with_two_digests_is_dropped(self) -> None:
        listing = html(link(f"{WHEEL}#sha256={SHA256}"), link(f"x/{WHEEL}#sha256={'b' * 64}"))

        assert len(listing.artifacts) == 0
        assert listing.skipped == (f"listed twice with different hashes: {WHEEL}",)

    def test_the_same_file_listed_twice_is_one(self) -> None:
        assert len(html(link(), link()).artifacts) == 1

    def test_a_page_of_links_serves_any_project(self) -> None:
        assert len(html(link(), link("other-1.0.zip"), name=None).artifacts) == 2

    @pytest.mark.parametrize("content_type", ["", "application/pdf", "text/plain", "application/json"])
    def test_another_content_type_is_named(self, content_type: str) -> None:
        with pytest.raises(IndexPageUnexpected, match=r"index\.example.*%PDF"):
            parse_page(b"%PDF-1.4", content_type, URL, name_of("demo"))

    def test_a_login_page_is_not_a_project_without_files(self) -> None:
        with pytest.raises(IndexPageUnexpected):
            html("<html><form action=login><a href=/help>Help</a></form></html>")

    def test_a_project_without_files_is_not_a_login_page(self) -> None:
        assert len(html("<!DOCTYPE html><html><body><h1>Links for demo</h1></body></html>").artifacts) == 0

    def test_an_unknown_status_is_noted(self) -> None:
        listing = document(entry(), **{"project-status": {"status": "sleepy"}})

        assert listing.status is ProjectStatus.ACTIVE
        assert listing.skipped == ("unknown project status: sleepy",)

    def test_files_have_a_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(simple_files, "MAX_FILES", 2)

        with pytest.raises(IndexPageInvalid, match="more than 2"):
            html(*(link(f"demo-{number}.zip") for number in range(3)))

        with pytest.raises(IndexPageInvalid, match="more than 2"):
            html(*(link(f"demo-{number}.exe") for number in range(4)))


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("x.whl", f"{URL}x.whl"),
        ("//files.example/x.whl", "https://files.example/x.whl"),
        ("https://user:pw@files.example/x.whl", "https://files.example/x.whl"),
        ("http://files.example/x.whl", "http://files.example/x.whl"),
        ("file:///x.whl", None),
        ("javascript:x", None),
        ("data:x", None),
        ("https://files.example", None),
        ("https://files.example/%00.whl", None),
        ("https://files.example/\r\nx.whl", None),
        ("https://files.example/" + "x" * 10_000, None),
    ],
)
def test_only_usable_addresses_are_kept(href: str, url: str | None) -> None:
    assert absolute_url(URL, href) == url


@given(
    st.sampled_from(
        [URL, "https://index.example", "http://index.example:8080/a/b?q=1#f", "file:///i/p.html"]
    ),
    st.text(alphabet="../ab1%+~!-_:?#;@", max_size=24),
)
def test_a_link_leads_where_the_standard_says(base: str, link: str) -> None:
    found = absolute_url(base, link)

    assert found is None or found == absolute_url(base, urljoin(base, link))


def test_a_local_page_may_link_local_files() -> None:
    assert absolute_url("file:///index/page.html", "x.whl") == "file:///index/x.whl"


@given(st.text(alphabet="<>a!-/ \"'=hrefbasemeta&#;.whl\n", max_size=200))
def test_any_text_is_a_listing_or_a_typed_error(text: str) -> None:
    try:
        listing = html(text)
    except NetworkError:
        return

    assert all(artifact.url.startswith(("http://", "https://")) for artifact in listing.artifacts)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ENTRY_KEYS = st.sampled_from(
    ["filename", "url", "hashes", "size", "requires-python", "yanked", "core-metadata", "upload-time"]
)


@given(st.lists(st.dictionaries(ENTRY_KEYS, JSON_VALUES) | JSON_VALUES, max_size=3), JSON_VALUES)
def test_any_entry_is_kept_or_skipped(files: list[Any], status: Any) -> None:
    try:
        listing = document(*files, **{"project-status": status})
    except NetworkError:
        return

    assert len(listing.artifacts) <= len(files)


def test_a_collector_reports_the_first_of_each_reason() -> None:
    files = FileCollector(URL, None)
    files.skip("reason", "one")
    files.skip("reason", "two")
    files.skip("other", "three")

    assert files.listing(()).skipped == ("reason: one and 1 more", "other: three")
