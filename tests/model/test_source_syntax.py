"""What people write for a folder, an archive or a repository, and what is made of it."""

from __future__ import annotations

import contextlib
import posixpath
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zephyr.errors import UsageError
from zephyr.model.source_address import redacted
from zephyr.model.source_reference import SourceInvalid, SourceKind, SourceNotSupported, SourceReference
from zephyr.model.source_syntax import parse_place
from zephyr.model.source_words import names_a_place

HERE = "/home/someone/project"
FOLDER, ARCHIVE, REMOTE, GIT = (
    SourceKind.LOCAL_FOLDER,
    SourceKind.LOCAL_ARCHIVE,
    SourceKind.REMOTE_ARCHIVE,
    SourceKind.GIT,
)
SHA256 = "0123456789abcdef" * 4


def parse(text: str, *, editable: bool = False) -> SourceReference:
    return parse_place(text, "the test", folder=HERE, editable=editable)


@pytest.mark.parametrize(
    ("text", "kind", "url"),
    [
        (".", FOLDER, f"file://{HERE}"),
        ("./dir", FOLDER, f"file://{HERE}/dir"),
        ("dir/", FOLDER, f"file://{HERE}/dir"),
        ("../x", FOLDER, "file:///home/someone/x"),
        ("/abs/with space", FOLDER, "file:///abs/with%20space"),
        ("/abs/100%", FOLDER, "file:///abs/100%25"),
        ("./a@b", FOLDER, f"file://{HERE}/a%40b"),
        ("./issue#1", FOLDER, f"file://{HERE}/issue%231"),
        ("dist/x-1.0.tar.gz", ARCHIVE, f"file://{HERE}/dist/x-1.0.tar.gz"),
        ("x-1.0-py3-none-any.whl", ARCHIVE, f"file://{HERE}/x-1.0-py3-none-any.whl"),
        ("file:///srv/x.zip", ARCHIVE, "file:///srv/x.zip"),
        ("file:///srv/x/", FOLDER, "file:///srv/x"),
        ("file://localhost/srv/x", FOLDER, "file:///srv/x"),
        ("file:./x", FOLDER, f"file://{HERE}/x"),
        ("file:/srv/x", FOLDER, "file:///srv/x"),
        ("https://host.example/x-1.tar.gz", REMOTE, "https://host.example/x-1.tar.gz"),
        ("https://u:p@HOST.example:8443/x.whl", REMOTE, "https://host.example:8443/x.whl"),
        ("http://[::1]:80/x.zip?a=b", REMOTE, "http://[::1]:80/x.zip?a=b"),
        ("git+https://host.example/x.git", GIT, "https://host.example/x.git"),
        ("git+ssh://git@host.example/x", GIT, "ssh://git@host.example/x"),
        ("git+ssh://alice:p@host.example/x", GIT, "ssh://host.example/x"),
        ("git+git://host.example/x", GIT, "git://host.example/x"),
        ("git+file:///srv/x.git", GIT, "file:///srv/x.git"),
    ],
)
def test_a_place_has_a_kind_and_a_plain_address(text: str, kind: SourceKind, url: str) -> None:
    reference = parse(text)

    assert (reference.kind, reference.url) == (kind, url)
    assert names_a_place(text)


@pytest.mark.parametrize(
    ("text", "url", "revision"),
    [
        ("git+https://h.example/x@v1.2", "https://h.example/x", "v1.2"),
        ("git+https://h.example/x.git@feature/a", "https://h.example/x.git", "feature/a"),
        ("git+https://h.example/x.git@@scope/x@1.0", None, None),
        ("git+https://h.example/x.git@scope/x@1.0", "https://h.example/x.git", "scope/x@1.0"),
        ("git+https://u:p@h.example/x", "https://h.example/x", None),
        ("git+https://u:p@h.example/x@main", "https://h.example/x", "main"),
        ("git+file:///srv/a%40b@main", "file:///srv/a%40b", "main"),
        ("git+https://h.example/x@a%2Bb", "https://h.example/x", "a+b"),
    ],
)
def test_a_revision_follows_the_last_at_sign(text: str, url: str | None, revision: str | None) -> None:
    if url is None:
        with pytest.raises(SourceInvalid):
            parse(text)
        return

    assert (parse(text).url, parse(text).requested_revision) == (url, revision)


def test_names_extras_markers_and_fragments_are_taken_apart() -> None:
    reference = parse(
        f"Foo_Bar[B,a] @ https://h.example/foo.tar.gz#sha256={SHA256.upper()}&subdirectory=./p//q/ ;"
        " python_version<'3.13'"
    )

    assert reference.name == "foo-bar"
    assert reference.extras == ("a", "b")
    assert reference.marker == 'python_version < "3.13"'
    assert reference.hashes == {"sha256": SHA256}
    assert reference.subdirectory == "p/q"
    assert reference.warnings == ()


def test_extras_may_follow_a_path_or_an_egg() -> None:
    assert parse(".[test]").extras == ("test",)
    assert parse("./dir[a, b]#subdirectory=x").extras == ("a", "b")
    assert parse("./dir[a]#subdirectory=x").subdirectory == "x"
    reference = parse("git+https://h.example/x#egg=Foo[bar]&subdirectory=s")
    assert (reference.name, reference.extras) == ("foo", ("bar",))


def test_what_is_not_understood_is_warned_of() -> None:
    reference = parse("https://h.example/x.zip#md5=00&colour=red&egg=x")

    assert [warning.split()[0] for warning in reference.warnings] == ["md5", "#colour"]
    assert parse("https://h.example/x.whl#subdirectory=a").warnings
    assert parse("https://h.example/x.whl#subdirectory=a").subdirectory == ""


def test_editable_is_for_folders_and_repositories() -> None:
    assert parse("word", editable=True).url == f"file://{HERE}/word"
    assert parse("git+https://h.example/x", editable=True).editable

    with pytest.raises(SourceInvalid, match="cannot be edited"):
        parse("https://h.example/x.zip", editable=True)


@pytest.mark.parametrize(
    "text",
    [
        "requests",
        "requests[a]>=2",
        "requests>=2; sys_platform == 'a/b'",
        "requests;sys_platform=='a/b'",
        "x.y",
    ],
)
def test_a_name_is_not_a_place(text: str) -> None:
    assert not names_a_place(text)


@pytest.mark.parametrize("scheme", ["hg+https", "svn+ssh", "svn", "bzr+lp", "hg"])
def test_other_version_control_is_named(scheme: str) -> None:
    with pytest.raises(SourceNotSupported, match=scheme.split("+", maxsplit=1)[0]) as caught:
        parse(f"{scheme}://user:secret@host.example/x")

    assert caught.value.id == "source-not-supported"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("git+git@host.example:team/x.git", "git+ssh://git@host.example/team/x.git"),
        ("git@host.example:team/x.git", "git+ssh://git@host.example/team/x.git"),
        ("x @ git@host.example:team/x.git", "git+ssh://git@host.example/team/x.git"),
        ("ssh://git@host.example/x", "git+ssh://host.example/x"),
        ("https://u:secret@host.example/x.git", "git+https://host.example/x.git"),
        ("git+file://srv/x", "three slashes"),
        ("file://srv/x", "three slashes"),
    ],
)
def test_a_near_miss_is_told_the_right_spelling(text: str, hint: str) -> None:
    assert names_a_place(text)

    with pytest.raises(SourceInvalid) as caught:
        parse(text)

    assert hint in (caught.value.hint or "")
    assert "secret" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "./x\n--index-url",
        "./x%00y",
        "git+https://h.example/x@--upload-pack=x",
        "git+https://h.example/x@",
        "git+https://h.example/x@a..b",
        "git+https://h.example/x@a b",
        "git+https://h.example/x@HEAD~1",
        "git+https://h.example/x@v1^{}",
        "git+https://h.example/x@a:b",
        "git+https://h.example/x@%2D-x",
        "git+https://h.example/",
        "git+https:///x",
        "git+ssh://-oProxyCommand=x/y",
        "git+ssh://-lroot@h.example/y",
        "git+https://h.example\\@evil.example/x",
        "https://u:pa/ss@h.example/x.whl",
        "https://h.example:99999/x.whl",
        "https://h.example/x.whl#sha256=00",
        f"https://h.example/x.whl#sha256={SHA256}&sha256={SHA256[::-1]}",
        "https://h.example/x.zip#egg=-",
        "a @ https://h.example/x.zip#egg=b",
        "a @ https://h.example/x.zip ; nonsense",
        "./x#subdirectory=../y",
        "./x#subdirectory=/y",
        "./x#subdirectory=a/%2E%2E/%2e%2e/y",
        "./x#subdirectory=a\\..\\..",
        "./x#subdirectory=C:/y",
        f"git+https://h.example/x#sha256={SHA256}",
        f"./x#sha256={SHA256}",
    ],
)
def test_what_is_wrong_is_refused(text: str) -> None:
    with pytest.raises(SourceInvalid) as caught:
        parse(text)

    assert caught.value.id == "source-invalid"


@pytest.mark.parametrize(
    "text",
    [
        "x.tar.bz2",
        "./x.egg",
        "ftp://h.example/x.zip",
        "https://h.example/download",
        "git+ext::sh -c x",
        "git+ftp://h.example/x",
    ],
)
def test_what_is_not_supported_says_so(text: str) -> None:
    with pytest.raises(SourceNotSupported):
        parse(text)


def test_credentials_are_kept_apart_and_hidden() -> None:
    reference = parse("git+https://alice:s3cret@h.example/x.git@v1?token=q")

    assert reference.given.startswith("https://alice:s3cret@h.example/x.git")
    assert "s3cret" not in f"{reference!r} {reference.shown} {reference.url}"
    assert "alice" not in repr(reference)
    assert reference.shown == "git+https://h.example/x.git@v1"
    assert parse("https://h.example/x.zip?token=q").shown == "https://h.example/x.zip"


LOADING = settings(deadline=None)
"""The first example loads what reads markers and names."""

_SECRET = st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="/?#\\@[]"), min_size=3)


@LOADING
@given(_SECRET, st.sampled_from(["x.whl", "x.egg", "x.git", "x", ":bad", "x.zip#sha256=0"]))
def test_no_password_is_ever_shown(secret: str, path: str) -> None:
    password = f"s3cr3t{secret}"

    for spelled in (password, quote(password, safe="")):
        for scheme in ("https", "git+https", "git+ssh", "hg+https", "ftp", "a @ https"):
            text = f"{scheme}://u:{spelled}@h.example/{path}"

            with contextlib.suppress(UsageError):
                reference = parse(text)
                assert "s3cr3t" not in f"{reference!r}{reference.shown}{reference.url}"

            try:
                parse(text)
            except UsageError as error:
                assert "s3cr3t" not in f"{error}{error.hint}{error.details}"  # noqa: PT017

            assert "s3cr3t" not in redacted(text)


@LOADING
@given(st.text(max_size=60))
def test_any_text_is_a_place_or_a_refusal(text: str) -> None:
    with contextlib.suppress(UsageError):
        reference = parse(text)
        assert urlsplit(reference.url).scheme
        assert "#" not in reference.url


@LOADING
@given(st.text(max_size=40))
def test_a_subdirectory_never_leads_out(text: str) -> None:
    with contextlib.suppress(UsageError):
        inside = parse(f"./x#subdirectory={quote(text)}").subdirectory
        assert not posixpath.normpath(posixpath.join("/top", inside)).startswith("/..")
        assert posixpath.commonpath(["/top", posixpath.normpath(f"/top/{inside}")]) == "/top"


@LOADING
@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30))
def test_a_path_comes_back_as_it_was(text: str) -> None:
    path = Path("/srv") / text.strip("/")

    with contextlib.suppress(UsageError):
        reference = parse(str(path) + "/")

        if not reference.extras and reference.marker is None and not reference.warnings:
            assert Path(reference.path) == Path(posixpath.normpath(path))
