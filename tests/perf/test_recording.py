from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING

from zephyr_perf.recording import page_in, siblings_of, tree_of
from zephyr_perf.site import origins
from zephyr_perf.upstream import seed

if TYPE_CHECKING:
    from pathlib import Path

WHEEL, OTHER, OLD = "demo-2.0-py3-none-any.whl", "demo-2.0-cp311-cp311-win32.whl", "demo-1.0-py3-none-any.whl"
BYTES = b"what the wheel holds"
DOCUMENT = {
    "name": "demo",
    "versions": ["1.0", "2.0"],
    "cols": {
        "f": [OLD, WHEEL, OTHER],
        "s": ["", hashlib.sha256(BYTES).hexdigest(), None],
        "y": [True, None, "bad"],
    },
}


def recorded(folder: Path) -> str:
    """Write a recording and return its path."""
    path = folder / "demo.snapshot.tar.xz"

    with tarfile.open(path, "w:xz") as archive:
        for name, data in (
            ("manifest.json", b"{}"),
            ("pages/demo.json", json.dumps(DOCUMENT).encode()),
            (f"metadata/{WHEEL}.metadata", b"Name: demo\n"),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))

    return str(path)


def test_a_page_is_kept_in_columns() -> None:
    old, wheel, other = page_in(DOCUMENT).files

    assert [old.yanked, wheel.yanked, other.yanked] == [True, False, "bad"]
    assert old.sha256 == hashlib.sha256(OLD.encode()).hexdigest()
    assert other.sha256 is None


def test_wheels_of_one_version_share_metadata_that_was_recorded_once() -> None:
    siblings = siblings_of(page_in(DOCUMENT), {WHEEL: b"Name: demo\n"})

    assert siblings == {WHEEL: b"Name: demo\n", OTHER: b"Name: demo\n"}


def test_a_recording_becomes_a_tree_once(tmp_path: Path) -> None:
    recording, root = recorded(tmp_path), tmp_path / "trees"
    name = tree_of(recording, str(root))
    page = root / name / "simple" / "demo" / "index.json"
    page.write_text("changed by hand")

    assert tree_of(recording, str(root)) == name == "demo"
    assert page.read_text() == "changed by hand"
    assert (
        root / name / f"{origins(str(root / name), 'demo')[WHEEL].path}.metadata"
    ).read_bytes() == b"Name: demo\n"


def test_wheels_of_a_folder_are_taken_by_name_and_digest(tmp_path: Path) -> None:
    root = tmp_path / "trees"
    tree = root / tree_of(recorded(tmp_path), str(root))
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / WHEEL).write_bytes(BYTES)
    (wheels / OLD).write_bytes(b"another file")
    (wheels / "unknown-1.0-py3-none-any.whl").write_bytes(b"")

    assert seed(str(tree), str(wheels)) == 1
    assert (tree / origins(str(tree), "demo")[WHEEL].path).read_bytes() == BYTES
