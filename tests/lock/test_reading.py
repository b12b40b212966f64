from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.pylock import PackageArchive

from tests.support.lock_documents import SHA256, document, entry, folder, repository, sdist, wheel
from zephyr.lock import reading
from zephyr.lock.errors import InvalidLock
from zephyr.lock.reading import ReadLock, parse_lock, read_lock
from zephyr.lock.writing import render

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.pylock import Package

HEAD = 'lock-version = "1.0"\ncreated-by = "test"\n'


def parse(text: str | bytes, *, remote: bool = False) -> ReadLock:
    return parse_lock(text if isinstance(text, bytes) else text.encode(), "pylock.toml", remote=remote)


def refused(text: str | bytes, *, remote: bool = False) -> InvalidLock:
    with pytest.raises(InvalidLock) as caught:
        parse(text, remote=remote)

    assert caught.value.message.startswith("pylock.toml")
    assert caught.value.message.isprintable()

    return caught.value


def refused_entry(package: Package, *, remote: bool = False) -> InvalidLock:
    return refused(render(document(entry("first", "1"), package)), remote=remote)


def archive(**fields: Any) -> Package:
    given: dict[str, Any] = {"url": "https://files.example/a.zip", "hashes": {"sha256": SHA256}}

    return replace(folder("a", "."), directory=None, archive=PackageArchive(**given | fields))


def test_a_sound_lock_is_read_without_a_warning() -> None:
    locked = document(archive(), entry("idna", "3.10"), folder("lib", "../lib"), repository("tool", "1.0"))

    assert parse(render(locked)) == ReadLock(locked)


def test_windows_line_ends_and_a_byte_order_mark_are_accepted() -> None:
    locked = document(entry("idna", "3.10"))
    text = render(locked).replace("\n", "\r\n").encode()

    assert parse(text).document == parse(b"\xef\xbb\xbf" + text).document == locked


def test_a_lock_without_any_package_is_one() -> None:
    assert list(parse(HEAD + "packages = []\n").document.packages) == []


@pytest.mark.parametrize(
    ("text", "id_", "where"),
    [
        # L03: another tool emptied environments
        (HEAD, "lock-packages-missing", ""),
        ("", "lock-invalid", "no lock-version"),
        # L04
        (HEAD.replace("1.0", "2.0"), "lock-version-unsupported", "2.0"),
        (HEAD.replace("1.0", "one"), "lock-version-unsupported", "one"),
        (HEAD.replace("1.0", "1!1.0"), "lock-version-unsupported", "1!1.0"),
        (HEAD.replace('"1.0"', "1.0"), "lock-version-unsupported", "of type float"),
        (HEAD.replace('"1.0"', f"0x{'f' * 9_000}"), "lock-version-unsupported", "of type int"),
        (HEAD.replace("1.0", "\\u001b[1m"), "lock-version-unsupported", "x1b"),
        # L08
        (b"# \xff", "lock-not-utf-8", "line 1"),
        (HEAD.encode() + b"# caf\xe9\n", "lock-not-utf-8", "line 3"),
        (HEAD + "packages = [\n", "lock-syntax", ""),
        (HEAD + 'packages = []\nbroken = "\n', "lock-syntax", "line 4, column 11"),
        (HEAD + "packages = []\n[tool]\n[tool]\n", "lock-syntax", "line 5, column 6"),
        (HEAD + f"packages = {'[' * 100_000}", "lock-syntax", "too deeply"),
        (HEAD + f"packages = []\nx = {'9' * 10_000}", "lock-syntax", ""),
        (HEAD + "packages = 1\n", "lock-invalid", "packages"),
        (HEAD + "packages = [1]\n", "lock-invalid", "packages[0]"),
        (HEAD + '[[packages]]\nname = "Not_Normal"\n', "lock-invalid", "line 3"),
        (HEAD + '[[packages]]\nname = "a"\nversion = "1"\n', "lock-invalid", "Exactly one of"),
        (HEAD + '[[packages]]\nname = "a"\nmarker = "nonsense"\n', "lock-invalid", "(packages[0].marker)"),
        (HEAD + f'[[packages]]\nname = "a"\nversion = "{"9" * 5_000}"\n', "lock-invalid", "version"),
        (HEAD + f'[[packages]]\nname = "a"\nmarker = "{"(" * 5_000}"\n', "lock-invalid", "marker"),
    ],
)
def test_a_damaged_lock_is_refused_by_what_is_wrong_with_it(text: str | bytes, id_: str, where: str) -> None:
    error = refused(text)

    assert (error.id, where in error.message) == (id_, True), error.message
    assert error.hint


@pytest.mark.parametrize("sign", ["<<<<<<< HEAD", "=======", "||||||| 0123abc", ">>>>>>> other\r"])
def test_the_first_conflict_marker_of_a_merge_is_named(sign: str) -> None:
    error = refused(f"{HEAD}packages = []\n{sign}\n<<<<<<< more\n")

    assert error.id == "lock-conflict-markers"
    assert "line 4" in error.message
    assert "zephyr lock" in (error.hint or "")


def test_signs_inside_a_string_are_no_conflict() -> None:
    assert parse(f'{HEAD}packages = []\n[tool]\nx = """\n<<<<<<< a\n"""\n').warnings == ()


def test_a_later_minor_version_is_read_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    found = parse(HEAD.replace("1.0", "1.9") + "packages = []\nlater = 1\n")

    assert [warning for warning in found.warnings if "1.9" in warning] == list(found.warnings) != []
    assert str(found.document.lock_version) == "1.9"
    assert caplog.messages == []


def test_an_absurdly_large_lock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = render(document(entry("a", "1"), entry("b", "1")))
    monkeypatch.setattr(reading, "MOST_PACKAGES", 1)
    assert refused(text).id == "lock-too-large"

    monkeypatch.setattr(reading, "LARGEST", 10)
    assert refused(text).id == "lock-too-large"


# L02
@pytest.mark.parametrize("hashes", ["{}", "{ sha256 = 1 }", '"ab"'])
def test_a_file_without_a_hash_is_refused(hashes: str) -> None:
    file = f'{{ url = "https://files.example/a-1.tar.gz", hashes = {hashes} }}'

    assert refused(f'{HEAD}[[packages]]\nname = "a"\nsdist = {file}\n').id == "lock-invalid"


# L06
@pytest.mark.parametrize(
    "package",
    [
        entry("a", "1", wheels=[wheel("b", "1")]),
        entry("a", "1", wheels=[wheel("a", "2")]),
        entry("a", "1", wheels=[wheel("a", "1", name="a.whl")]),
        entry("a", "1", wheels=[wheel("a", "1", name="a-1-py3-none-../../x.whl")]),
        entry("a", "1", wheels=[wheel("a", "1", name="a-1-py3-none-any\x1b.whl")]),
        entry("a", "1", sdist=sdist("b", "1")),
        entry("a", "1", sdist=sdist("a", "2")),
        entry("a", "1", sdist=sdist("a", "1", name="a-1.exe")),
    ],
)
def test_a_file_of_something_else_is_refused(package: Package) -> None:
    assert refused_entry(package).id == "lock-file-mismatch"


@pytest.mark.parametrize(
    ("package", "id_"),
    [
        (archive(hashes={"md5": "ab" * 16}), "lock-hash-unusable"),
        (archive(url="file:///etc/x.zip"), "lock-address-refused"),
        (folder("a", "/etc"), "lock-path-escapes"),
        (repository("a", "1", "main"), "lock-invalid"),
    ],
)
def test_an_entry_that_reaches_too_far_refuses_the_whole_lock(package: Package, id_: str) -> None:
    assert refused_entry(package).id == id_


def test_a_fetched_lock_is_held_to_more_than_a_local_one() -> None:
    assert parse(render(document(folder("a", "../a")))).warnings == ()
    assert refused_entry(folder("a", "../a"), remote=True).id == "lock-path-escapes"


def test_the_line_of_the_entry_is_named() -> None:
    text = render(document(entry("a", "1"), entry("b", "1", wheels=[wheel("b", "1", hashes={"md5": "x"})])))
    line = text.splitlines().index('name = "b"')

    assert refused(text).message.startswith(f"pylock.toml, line {line}: b: only")


def test_no_line_is_named_where_entries_have_none_of_their_own() -> None:
    error = refused(HEAD + 'packages = [{ name = "A" }]\n')

    assert error.message.startswith("pylock.toml: ")


def test_a_missing_lock_says_how_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(InvalidLock, match="There is no lock file") as caught:
        read_lock(str(tmp_path / "pylock.toml"))

    assert caught.value.id == "lock-missing"


def test_a_lock_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidLock, match="cannot be read") as caught:
        read_lock(str(tmp_path))

    assert caught.value.id == "lock-unreadable"


def test_a_lock_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "pylock.toml"
    path.write_text(render(document(entry("a", "1"))))

    assert read_lock(str(path)).document == document(entry("a", "1"))


WHOLE = render(document(entry("idna", "3.10"), repository("tool", "1"), python=">=3.11")).encode()


@given(st.integers(0, len(WHOLE)), st.integers(0, 40), st.binary(max_size=6))
def test_whatever_a_lock_holds_it_is_read_or_refused(at: int, length: int, put: bytes) -> None:
    with contextlib.suppress(InvalidLock):
        parse(WHOLE[:at] + put + WHOLE[at + length :])
