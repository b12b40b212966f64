"""Source archives: hostile ones are refused by their rule, good ones mean what `tarfile` reads."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.hostile_sources import CASES, PROJECT, PYPROJECT, TOP, Case
from tests.support.tars import extended, folder, hard, link, member, packed, patched, tar
from tests.support.zips import UTF8, Archive, Member
from zephyr_workers import source_layout, tar_archive
from zephyr_workers.project_folder import NoProject
from zephyr_workers.source_archive import unpack_source
from zephyr_workers.source_errors import InvalidSource
from zephyr_workers.source_writer import SourceWriter
from zephyr_workers.static_metadata import static_metadata

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from zephyr_workers.sources import SourceTree

EXPECTED = (canonicalize_name("project"), Version("1.0"))
ROWS = {f"T{number:02}" for number in range(1, 14)}
HANDLED = {"T05": "below: modes become plain ones whatever the umask", "T13": "test_source_metadata.py"}


def opened(
    tmp_path: Path, data: bytes, filename: str = "project-1.0.tar.gz", subdirectory: str | None = None
) -> SourceTree:
    (tmp_path / "archive").write_bytes(data)

    return unpack_source(
        str(tmp_path / "archive"),
        filename,
        str(tmp_path / "out"),
        sha256="0" * 64,
        subdirectory=subdirectory,
        expected=EXPECTED,
    )


def unpack(tmp_path: Path, data: bytes, filename: str = "project-1.0.tar.gz") -> Path:
    return Path(opened(tmp_path, data, filename).folder)


def test_every_row_of_the_table_has_a_case() -> None:
    assert ROWS - {case.row for case in CASES} == HANDLED.keys()


def test_no_two_cases_are_the_same() -> None:
    assert len({str(case) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_hostile_source_archive_is_refused_and_leaves_nothing(case: Case, tmp_path: Path) -> None:
    with pytest.raises(InvalidSource) as caught:
        unpack(tmp_path, case.build(), case.filename)

    assert caught.value.id == case.rule
    assert case.filename in caught.value.message
    assert sorted(os.listdir(tmp_path)) == ["archive", "out"]
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o177])
def test_modes_become_plain_ones_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    data = tar(
        PROJECT,
        folder(f"{TOP}/d", mode=0),
        folder(f"{TOP}/e", mode=0o7200),
        *(member(f"{TOP}/d/{mode:o}", b"x", mode=mode) for mode in (0o6777, 0o4100, 0o1666, 0o000)),
    )
    (tmp_path / "out").mkdir()
    before = os.umask(mask)

    try:
        unpacked = unpack(tmp_path, packed(data))
    finally:
        os.umask(before)

    names = (".", "d", "e", "d/6777", "d/4100", "d/1666", "d/0")
    modes = [stat.S_IMODE(os.stat(unpacked / name).st_mode) for name in names]
    assert modes == [0o755, 0o755, 0o755, 0o755, 0o755, 0o644, 0o644]


def test_links_inside_are_kept_and_hard_links_are_copies(tmp_path: Path) -> None:
    data = tar(PROJECT, link(f"{TOP}/s", "pyproject.toml"), hard(f"{TOP}/h", f"{TOP}/pyproject.toml"))
    unpacked = unpack(tmp_path, packed(data))

    assert os.readlink(unpacked / "s") == "pyproject.toml"
    assert (unpacked / "h").read_bytes() == (unpacked / "pyproject.toml").read_bytes()
    assert os.stat(unpacked / "h").st_nlink == 1


def test_files_keep_their_times_between_1980_and_now(tmp_path: Path) -> None:
    times = {"old": 0, "told": 1_500_000_000, "future": 1 << 32}
    data = tar(PROJECT, *(member(f"{TOP}/{name}", mtime=time) for name, time in times.items()))
    binary = patched(data, 136, b"\x80" + bytes(11))
    unpacked = unpack(tmp_path, packed(binary))
    found = {name: os.stat(unpacked / name).st_mtime for name in (*times, "pyproject.toml")}

    assert found["told"] == 1_500_000_000
    assert found["old"] == found["pyproject.toml"] == 315_619_200
    assert found["future"] < 1 << 32


@pytest.mark.parametrize("order", [1, -1])
def test_links_to_links_are_kept_where_they_stay_inside(tmp_path: Path, order: int) -> None:
    links = [
        link(f"{TOP}/one", "two"),
        link(f"{TOP}/two", "d/./three"),
        link(f"{TOP}/d/three", "../e//four"),
        link(f"{TOP}/e", "d"),
        link(f"{TOP}/d/up", ".."),
    ]
    unpacked = unpack(tmp_path, packed(tar(PROJECT, *links[::order], member(f"{TOP}/d/four", b"4"))))

    assert (unpacked / "one").read_bytes() == b"4"
    assert (unpacked / "e" / "up" / "two").read_bytes() == b"4"
    assert os.readlink(unpacked / "two") == "d/./three"


def test_links_are_checked_where_the_standard_library_has_no_filter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(tarfile, "data_filter")
    good = tar(PROJECT, link(f"{TOP}/a", "pyproject.toml"))

    with pytest.raises(InvalidSource) as caught:
        unpack(tmp_path, packed(tar(PROJECT, link(f"{TOP}/a", "../../etc"))))

    assert caught.value.id == "source-path-escapes"
    assert os.readlink(unpack(tmp_path, packed(good)) / "a") == "pyproject.toml"


def test_a_comment_for_all_members_is_no_harm(tmp_path: Path) -> None:
    data = tar(extended(b"19 comment=abcdefg\n", b"g"), PROJECT)

    assert os.listdir(unpack(tmp_path, packed(data))) == ["pyproject.toml"]


def zipped(*members: Member) -> bytes:
    return Archive((Member(f"{TOP}/pyproject.toml".encode(), PYPROJECT), *members)).render()


def test_a_good_zip_is_unpacked(tmp_path: Path) -> None:
    data = zipped(
        Member(f"{TOP}/d/".encode(), mode=0o40000, method=0),
        Member(f"{TOP}/d/run".encode(), b"run", mode=0o104755),
        Member(f"{TOP}/é".encode(), b"e" * 5000, flags=UTF8),
    )
    unpacked = unpack(tmp_path, data, "project-1.0.zip")

    assert sorted(os.listdir(unpacked)) == ["d", "pyproject.toml", "é"]
    assert (unpacked / "pyproject.toml").read_bytes() == PYPROJECT
    assert (unpacked / "é").read_bytes() == b"e" * 5000
    assert stat.S_IMODE(os.stat(unpacked / "d" / "run").st_mode) == 0o755
    assert stat.S_IMODE(os.stat(unpacked / "d").st_mode) == 0o755


@pytest.mark.parametrize("filename", ["project-1.0.tar.gz", "project-1.0.zip"])
def test_a_subdirectory_is_the_projects_folder(tmp_path: Path, filename: str) -> None:
    path = f"{TOP}/a/b/pyproject.toml"
    data = zipped(Member(path.encode())) if filename.endswith("zip") else packed(tar(PROJECT, member(path)))
    tree = opened(tmp_path, data, filename, "a/b")

    assert tree.folder == str(tmp_path / "out" / TOP / "a" / "b")


@pytest.mark.parametrize(
    ("subdirectory", "rule"),
    [
        ("none", "source-subdirectory-missing"),
        ("pyproject.toml", "source-subdirectory-missing"),
        ("link", "source-subdirectory-missing"),
        ("d/..", "source-path-escapes"),
        ("../other", "source-path-escapes"),
        ("/etc", "source-path-escapes"),
    ],
)
def test_a_subdirectory_is_a_folder_of_the_archive(tmp_path: Path, subdirectory: str, rule: str) -> None:
    data = packed(tar(PROJECT, folder(f"{TOP}/d"), link(f"{TOP}/link", "d")))

    with pytest.raises(InvalidSource) as caught:
        opened(tmp_path, data, subdirectory=subdirectory)

    assert caught.value.id == rule
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("top", ["project-1.0", "Project-1", "project-1.0.0", "pro-ject-1.0", "project"])
def test_a_strange_top_folder_is_told_of_an_old_archive(tmp_path: Path, top: str) -> None:
    data = packed(tar(member(f"{top}/setup.py"), member(f"{top}/PKG-INFO", b"Metadata-Version: 2.1\n")))
    warnings = opened(tmp_path, data).warnings

    if top.startswith("pro-") or top == "project":
        assert warnings == (f"its folder is called {top}, not project-1.0",)
    else:
        assert warnings == ()


def test_names_that_some_disks_take_for_one_are_told(tmp_path: Path) -> None:
    data = packed(tar(PROJECT, member(f"{TOP}/README"), member(f"{TOP}/readme")))

    assert [warning.count("where names ignore case") for warning in opened(tmp_path, data).warnings] == [1]


def test_names_that_the_disk_takes_for_one_are_refused(tmp_path: Path) -> None:
    writer = SourceWriter(str(tmp_path))
    (tmp_path / "taken").touch()
    ways: list[Callable[[], None]] = [
        lambda: writer.make_folder("taken"),
        lambda: writer.write("taken", [b""], executable=False),
        lambda: writer.link("taken", ".", to_folder=True),
    ]

    for make in ways:
        with pytest.raises(InvalidSource) as caught:
            make()

        assert caught.value.id == "source-name-collision"


def test_members_are_counted_with_the_folders_that_they_imply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_layout, "MOST_FOLDERS", 40)
    data = packed(tar(PROJECT, *(folder(f"{TOP}/{number}" + "/a" * 20) for number in range(3))))

    with pytest.raises(InvalidSource) as caught:
        unpack(tmp_path, data)

    assert caught.value.id == "source-too-large"


@pytest.mark.parametrize(("module", "most"), [(source_layout, 20), (tar_archive, 5)])
def test_members_and_headers_have_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, most: int
) -> None:
    monkeypatch.setattr(module, "MOST_ENTRIES", most)
    data = packed(tar(PROJECT, *(member(f"{TOP}/{number}") for number in range(20))))

    with pytest.raises(InvalidSource) as caught:
        unpack(tmp_path, data)

    assert caught.value.id == "source-too-large"


@given(
    files=st.dictionaries(
        st.text("abcé", min_size=1, max_size=120), st.binary(max_size=1500), min_size=1, max_size=6
    ),
    form=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
)
@settings(max_examples=60, deadline=None)
def test_an_accepted_archive_is_what_tarfile_reads(files: dict[str, bytes], form: int) -> None:
    data = tar(PROJECT, *(member(f"{TOP}/{name}", content) for name, content in files.items()), form=form)

    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(data)) as archive:
        unpacked = unpack(Path(folder), packed(data))

        for info in archive:
            stream = archive.extractfile(info)
            assert stream is not None
            assert (unpacked.parent / info.name).read_bytes() == stream.read()

        assert len(os.listdir(unpacked)) == len(files) + 1


SAMPLE = tar(
    PROJECT,
    folder(f"{TOP}/d"),
    member(f"{TOP}/d/{'long' * 40}", b"x" * 700),
    member(f"{TOP}/PKG-INFO", b"Metadata-Version: 2.2\nName: project\nVersion: 1.0\nRequires-Dist: a>1\n"),
    link(f"{TOP}/l", "d"),
    hard(f"{TOP}/h", f"{TOP}/pyproject.toml"),
)
SAMPLE_ZIP = zipped(Member(f"{TOP}/d/".encode(), mode=0o40755, method=0), Member(f"{TOP}/d/x".encode(), b"x"))
CHANGES = st.lists(st.tuples(st.integers(0), st.binary(min_size=1, max_size=12)), min_size=1, max_size=4)


def changed(data: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    for place, value in changes:
        start = place % len(data)
        data = data[:start] + value + data[start + len(value) :]

    return data


def mended(data: bytes) -> bytes:
    """Give every block that may be a header the checksum of its bytes, so that what it says is read."""
    for header in range(len(data) // 512):
        if data[512 * header :][257:262] == b"ustar":
            data = patched(data, 0, b"", header=header)

    return data


@given(changes=CHANGES, form=st.sampled_from(["tar", "gzip", "zip"]))
@settings(max_examples=250, deadline=None)
def test_a_changed_archive_is_understood_or_refused(changes: list[tuple[int, bytes]], form: str) -> None:
    data = {
        "tar": lambda: packed(mended(changed(SAMPLE, changes))),
        "gzip": lambda: changed(packed(SAMPLE), changes),
        "zip": lambda: changed(SAMPLE_ZIP, changes),
    }[form]()

    with tempfile.TemporaryDirectory() as place:
        try:
            tree = opened(Path(place), data, f"project-1.0.{'zip' if form == 'zip' else 'tar.gz'}")
            static_metadata(tree)
        except (InvalidSource, NoProject):
            pass

        assert sorted(os.listdir(place)) == ["archive", "out"]
