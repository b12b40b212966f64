from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.support.lock_documents import document, entry, environment
from zephyr.lock.inputs import LockInputs
from zephyr.lock.preferences import preferences, repaired_preferences
from zephyr.lock.reading import parse_lock
from zephyr.lock.writing import render
from zephyr.model.universal import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def lock(versions: Mapping[str, str]) -> str:
    inputs = LockInputs({BASE: tuple(sorted(versions))}, rules={"resolution": "highest"})

    return render(
        document(*(entry(*pin) for pin in versions.items()), tool={"zephyr": inputs.as_table()}, extras=[])
    )


def merge(folder: Path, base: str, ours: str, theirs: str) -> tuple[int, str]:
    """Return the number of conflicts and the text, as git merges them."""
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_text(text)

    command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    return done.returncode, done.stdout


BASE_VERSIONS: dict[str, str] = dict.fromkeys(
    ("anyio", "certifi", "idna", "jinja2", "numpy", "sniffio", "trio"), "1.0"
)


def test_two_branches_that_add_different_packages_merge_as_text(tmp_path: Path) -> None:
    ours, theirs = BASE_VERSIONS | {"babel": "2.0"}, BASE_VERSIONS | {"rich": "3.0"}
    conflicts, text = merge(tmp_path, lock(BASE_VERSIONS), lock(ours), lock(theirs))

    assert conflicts == 0
    assert text == lock(dict(sorted((ours | theirs).items())))


def test_two_branches_that_change_one_package_leave_both_versions_to_prefer(tmp_path: Path) -> None:
    ours, theirs = BASE_VERSIONS | {"idna": "2.0"}, BASE_VERSIONS | {"idna": "3.0", "rich": "3.0"}
    conflicts, text = merge(tmp_path, lock(BASE_VERSIONS), lock(ours), lock(theirs))
    found = [preferences(side, environment()) for side in repaired_preferences(text)]

    assert conflicts > 0
    assert [str(side[name]) for side in found for name in side if name == "idna"] == ["2.0", "3.0"]
    assert all(side.keys() >= BASE_VERSIONS.keys() for side in found)
    assert "rich" in found[1]


def test_what_git_merged_is_a_sound_lock(tmp_path: Path) -> None:
    _, text = merge(
        tmp_path,
        lock(BASE_VERSIONS),
        lock(BASE_VERSIONS | {"babel": "2.0"}),
        lock(BASE_VERSIONS | {"trio": "2.0"}),
    )

    assert len(parse_lock(text.encode(), "pylock.toml").document.packages) == len(BASE_VERSIONS) + 1
