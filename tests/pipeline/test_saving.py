"""Files are put into a folder whole, or not at all."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from zephyr.pipeline.saving import save, zip_source


def _file(folder: Path, name: str, text: str = "text") -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)

    return str(folder / name)


def test_files_get_into_a_folder_that_is_made_for_them(tmp_path: Path) -> None:
    paths = [_file(tmp_path / "from", name) for name in ("b.whl", "a.whl")]
    saved = save(paths, str(tmp_path / "new" / "folder"))

    assert [(os.path.basename(one.path), one.is_new) for one in saved] == [("b.whl", True), ("a.whl", True)]
    assert sorted(os.listdir(tmp_path / "new" / "folder")) == ["a.whl", "b.whl"]


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    old = _file(tmp_path / "to", "a.whl")
    os.utime(old, (1, 1))

    assert not save([_file(tmp_path / "from", "a.whl")], str(tmp_path / "to"))[0].is_new
    assert os.stat(old).st_mtime == 1
    assert save([_file(tmp_path / "from", "a.whl", "more")], str(tmp_path / "to"))[0].is_new


def test_where_one_is_missing_none_is_replaced(tmp_path: Path) -> None:
    kept = _file(tmp_path / "to", "a.whl", "old")

    with pytest.raises(FileNotFoundError):
        save([_file(tmp_path / "from", "a.whl"), str(tmp_path / "gone.whl")], str(tmp_path / "to"))

    assert os.listdir(tmp_path / "to") == ["a.whl"]
    assert Path(kept).read_text() == "old"


def test_the_same_source_gives_the_same_archive(tmp_path: Path) -> None:
    source = tmp_path / "source"
    _file(source, "b.py")
    _file(source, "a.py")
    _file(source / ".git", "config")

    _file(source / "__pycache__", "a.pyc")
    first = zip_source(str(source), "demo", str(tmp_path / "first.zip"))
    os.utime(source / "a.py", (1, 1))
    second = zip_source(str(source), "demo", str(tmp_path / "second.zip"))

    with zipfile.ZipFile(first) as archive:
        assert archive.namelist() == ["demo/a.py", "demo/b.py"]

    assert Path(first).read_bytes() == Path(second).read_bytes()
