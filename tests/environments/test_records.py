"""RECORD rows are read as they stand; rows that are none are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from zephyr.environments.installed import Defect
from zephyr.environments.records import RecordedPath, parse_record, recorded_paths
from zephyr.model.environment import InstalledDistribution

if TYPE_CHECKING:
    from pathlib import Path


def distribution(folder: Path, metadata_folder: str = "demo-1.dist-info") -> InstalledDistribution:
    return InstalledDistribution(
        canonicalize_name("demo"), "demo", Version("1"), str(folder), metadata_folder, None, False, None
    )


def parsed(*lines: str) -> tuple[tuple[RecordedPath, ...], list[Defect]]:
    rows, findings = parse_record(lines, "RECORD")

    return rows, [finding.defect for finding in findings]


def test_rows_are_paths_with_hash_and_size() -> None:
    assert parsed("demo/__init__.py,sha256=abc,12", "demo-1.dist-info/RECORD,,") == (
        (RecordedPath("demo/__init__.py", "sha256=abc", 12), RecordedPath("demo-1.dist-info/RECORD")),
        [],
    )


def test_paths_may_hold_commas_quotes_and_line_breaks() -> None:
    rows, defects = parsed('"a,b ""c""\n', 'd.py",sha256=x,1\n', "plain.py\n", "\n")

    assert [row.path for row in rows] == ['a,b "c"\nd.py', "plain.py"]
    assert not defects


def test_a_path_named_twice_counts_once() -> None:
    assert parsed("a,sha256=x,1", "a,,")[0] == (RecordedPath("a", "sha256=x", 1),)


@pytest.mark.parametrize(
    "line",
    ["a,b,c,d", ",sha256=x,1", "a,nonsense,1", "a,sha256=x,many", "a,sha256=x,-1", "a,,\u0663", "a\0b,,"],
)
def test_a_row_that_is_none_is_told_and_the_others_are_read(line: str) -> None:
    rows, defects = parsed(line, "good.py,,")

    assert [row.path for row in rows] == ["good.py"]
    assert defects == [Defect.INVALID_RECORD]


def test_an_absurd_size_is_no_size() -> None:
    assert parsed(f"a,,{'9' * 5000}")[0] == (RecordedPath("a"),)


def test_broken_quoting_is_told() -> None:
    assert parsed("good.py,,\n", '"never closed,,')[1] == [Defect.INVALID_RECORD]


def test_the_record_of_a_distribution_is_read(tmp_path: Path) -> None:
    (tmp_path / "demo-1.dist-info").mkdir()
    (tmp_path / "demo-1.dist-info" / "RECORD").write_text("../../../bin/demo,sha256=x,3\r\n")
    (row,), findings = recorded_paths(distribution(tmp_path))

    assert row.path == "../../../bin/demo"
    assert row.inside("/env/lib/python3.12/site-packages") == "/env/bin/demo"
    assert not findings


@pytest.mark.parametrize(("data", "defect"), [(None, Defect.NO_RECORD), (b"\xff,,", Defect.INVALID_RECORD)])
def test_a_record_that_cannot_be_read_is_told(tmp_path: Path, data: bytes | None, defect: Defect) -> None:
    (tmp_path / "demo-1.dist-info").mkdir()

    if data is not None:
        (tmp_path / "demo-1.dist-info" / "RECORD").write_bytes(data)

    rows, (finding,) = recorded_paths(distribution(tmp_path))

    assert rows == ()
    assert finding.defect is defect


def test_a_record_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "demo-1.dist-info" / "RECORD").mkdir(parents=True)

    assert recorded_paths(distribution(tmp_path))[1][0].defect is Defect.INVALID_RECORD


def test_legacy_installs_list_files_from_their_own_folder(tmp_path: Path) -> None:
    folder = tmp_path / "demo-1.egg-info"
    folder.mkdir()
    (folder / "installed-files.txt").write_text("../demo.py\nPKG-INFO\n")
    rows, findings = recorded_paths(distribution(tmp_path, folder.name))

    assert [row.path for row in rows] == ["demo.py", "demo-1.egg-info/PKG-INFO"]
    assert not findings


def test_a_legacy_install_without_a_list_is_told(tmp_path: Path) -> None:
    assert recorded_paths(distribution(tmp_path, "demo-1.egg-info"))[1][0].defect is Defect.NO_RECORD
