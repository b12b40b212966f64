"""Source archives: hostile ones are refused by their rule, good ones mean what `tarfile` reads."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.hostile_sources import CASES, TOP, Case, link, member, packed, tar
from zephyr_workers.source_archive import unpack_source
from zephyr_workers.source_errors import InvalidSource

ROWS = {f"T{number:02}" for number in range(1, 14)}
HANDLED = {"T05": "below: modes become 0644 or 0755", "T13": "test_source_metadata.py"}


def unpack(tmp_path: Path, data: bytes, filename: str = "project-1.0.tar.gz") -> Path:
    (tmp_path / "archive").write_bytes(data)
    tree = unpack_source(
        str(tmp_path / "archive"), filename, str(tmp_path / "out"), sha256="0" * 64, expected=None
    )

    return Path(tree.folder)


def test_every_row_of_the_table_has_a_case() -> None:
    assert ROWS - {case.row for case in CASES} == HANDLED.keys()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_hostile_source_archive_is_refused_and_leaves_nothing(case: Case, tmp_path: Path) -> None:
    with pytest.raises(InvalidSource) as caught:
        unpack(tmp_path, case.data, case.filename)

    assert caught.value.id == case.rule
    assert case.filename in caught.value.message
    assert sorted(os.listdir(tmp_path)) == ["archive", "out"]
    assert os.listdir(tmp_path / "out") == []


def test_modes_become_plain_ones_and_folders_stay_writable(tmp_path: Path) -> None:
    data = tar(
        member(f"{TOP}/d", type=tarfile.DIRTYPE, mode=0),
        member(f"{TOP}/d/x", b"x", mode=0o6777),
        member(f"{TOP}/d/y", b"y", mode=0o000),
    )
    folder = unpack(tmp_path, packed(data))

    modes = {name: stat.S_IMODE(os.stat(folder / name).st_mode) for name in ("d", "d/x", "d/y")}
    assert modes == {"d": 0o755, "d/x": 0o755, "d/y": 0o644}


def test_links_inside_are_kept_and_hard_links_are_copies(tmp_path: Path) -> None:
    data = tar(link(f"{TOP}/s", "pyproject.toml"), link(f"{TOP}/h", f"{TOP}/pyproject.toml", tarfile.LNKTYPE))
    folder = unpack(tmp_path, packed(data))

    assert os.readlink(folder / "s") == "pyproject.toml"
    assert (folder / "h").read_bytes() == (folder / "pyproject.toml").read_bytes()
    assert os.stat(folder / "h").st_nlink == 1


@given(
    files=st.dictionaries(
        st.text("abcé", min_size=1, max_size=120), st.binary(max_size=1500), min_size=1, max_size=6
    ),
    form=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
)
@settings(max_examples=60, deadline=None)
def test_an_accepted_archive_is_what_tarfile_reads(files: dict[str, bytes], form: int) -> None:
    data = tar(*(member(f"{TOP}/{name}", content) for name, content in files.items()), form=form)

    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(data)) as archive:
        unpacked = unpack(Path(folder), packed(data))

        for info in archive:
            stream = archive.extractfile(info)
            assert stream is not None
            assert (unpacked.parent / info.name).read_bytes() == stream.read()

        assert len(os.listdir(unpacked)) == len(files) + 1
