from __future__ import annotations

import errno
import os
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.pylock import PackageArchive, PackageWheel, Pylock
from packaging.version import Version

from tests.support.lock_documents import document, entry, folder, repository
from zephyr.lock.entries import entry_order
from zephyr.lock.errors import LockNameInvalid, LockUnwritable
from zephyr.lock.writing import render, write_lock

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.pylock import Package


def read_back(text: str) -> Pylock:
    return Pylock.from_dict(tomllib.loads(text))


WRITTEN = """\
lock-version = "1.0"
environments = [
    'sys_platform == "linux"',
]
requires-python = ">=3.11"
extras = [
    "docs",
]
dependency-groups = []
created-by = "zephyr"

[[packages]]
name = "app"
directory = { path = ".", editable = true }

[[packages]]
name = "idna"
version = "3.10"
marker = '"docs" in extras'
dependencies = [
    { name = "tool", version = "1.0" },
]
wheels = [
    { name = "w", upload-time = 2024-05-01T02:03:04Z, url = "u", size = 7, hashes = { sha256 = "ab" } },
    { url = "v", hashes = { sha256 = "cd", sha512 = "ef" } },
]

[[packages]]
name = "tool"
version = "1.0"
vcs = { type = "git", url = "u", requested-revision = "main", commit-id = "c0ffee" }

[tool.zephyr]
constraints = [
    "a<2",
    "b",
]

[tool.zephyr.rules]
resolution = "highest"
"""


def test_a_lock_reads_in_the_order_of_the_standard() -> None:
    stamp = datetime(2024, 5, 1, 2, 3, 4, tzinfo=UTC)
    wheels = [
        PackageWheel(name="w", url="u", upload_time=stamp, size=7, hashes={"sha256": "ab"}),
        PackageWheel(url="v", hashes={"sha512": "ef", "sha256": "cd"}),
    ]
    needs = [{"version": "1.0", "name": "tool"}]
    locked = document(
        repository("tool", "1.0", "c0ffee", url="u", requested_revision="main"),
        entry("idna", "3.10", wheels=wheels, source=False, marker="'docs' in extras", needs=needs),
        folder("app", ".", editable=True),
        python=">=3.11",
        environments=["sys_platform == 'linux'"],
        extras=["docs"],
        dependency_groups=[],
        tool={"zephyr": {"constraints": ["a<2", "b"], "rules": {"resolution": "highest"}}},
    )

    assert render(locked) == WRITTEN


def test_a_lock_without_packages_says_so() -> None:
    assert "packages = []\n" in render(document())
    assert read_back(render(document())) == document()


def test_entries_are_sorted_by_name_then_version_then_marker() -> None:
    entries = [
        entry("b", "10.0"),
        entry("b", "9.0", marker="os_name == 'nt'"),
        entry("b", "9.0", marker="os_name == 'java'"),
        entry("a", "1.0"),
        folder("b", "b"),
    ]
    found = read_back(render(document(*entries))).packages

    assert [(package.name, str(package.version), str(package.marker)) for package in found] == [
        ("a", "1.0", "None"),
        ("b", "None", "None"),
        ("b", "9.0", 'os_name == "java"'),
        ("b", "9.0", 'os_name == "nt"'),
        ("b", "10.0", "None"),
    ]


def test_tables_of_tools_of_entries_stay_with_their_entries() -> None:
    first = replace(entry("a", "1.0"), tool={"other": {"deep": {"x": 1}}, "mine": {}})
    locked = document(first, entry("b", "1.0"))

    assert read_back(render(locked)) == locked


def archived(archive: PackageArchive) -> Package:
    return replace(folder("z", "."), directory=None, archive=archive)


texts = st.text(st.characters(codec="utf-8"), max_size=12)
plain = (
    texts
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.datetimes(timezones=st.none() | st.just(UTC))
    | st.dates()
    | st.times()
)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
tables = st.dictionaries(texts, values, max_size=4)
hashes = st.dictionaries(texts, texts, min_size=1, max_size=2)
archives = st.builds(
    PackageArchive,
    url=texts.filter(bool),
    path=st.none() | texts,
    size=st.none() | st.integers(0, 2**40),
    upload_time=st.none() | st.datetimes(timezones=st.just(UTC)),
    hashes=hashes,
    subdirectory=st.none() | texts,
)
entries = st.one_of(
    st.builds(
        entry,
        st.sampled_from(["a", "b", "c-d"]),
        st.sampled_from(["1", "1.0.post1", "2!3+local.1"]),
        marker=st.none()
        | st.sampled_from(
            ["os_name == 'nt'", "'x\"y' in extras", "'g' in dependency_groups or os_name == ''"]
        ),
        python=st.none() | st.sampled_from([">=3.9", "!=3.10.*,>=3"]),
        needs=st.lists(tables, max_size=2),
        tool=st.none() | tables,
        index=st.none() | texts,
        attestation_identities=st.none() | st.lists(st.fixed_dictionaries({"kind": texts}), max_size=2),
    ),
    st.builds(folder, st.sampled_from(["a", "b"]), texts, editable=st.none() | st.booleans()),
    st.builds(archived, archives),
)


@given(
    st.lists(entries, max_size=4),
    st.none() | tables,
    st.none() | st.lists(texts, max_size=3),
    texts,
)
def test_what_is_written_is_what_is_read(
    packages: list[Package], tool: dict[str, Any] | None, groups: list[str] | None, creator: str
) -> None:
    locked = document(
        *sorted(packages, key=entry_order), tool=tool, dependency_groups=groups, created_by=creator
    )

    assert read_back(render(locked)) == locked


@given(
    st.permutations(
        [entry("a", "1.0"), entry("a", "2.0"), folder("b", "x"), repository("c", "1"), entry("c", "1")]
    )
)
def test_the_order_in_which_entries_come_does_not_show(packages: list[Package]) -> None:
    ordered = sorted(packages, key=entry_order)

    assert render(document(*packages)) == render(document(*ordered))


def test_the_order_of_keys_does_not_show() -> None:
    one = document(
        entry("a", "1", tool={"x": 1, "y": {"a": 1, "b": 2}}), tool={"p": {}, "q": {"z": 1, "a": 2}}
    )
    two = document(
        entry("a", "1", tool={"y": {"b": 2, "a": 1}, "x": 1}), tool={"q": {"a": 2, "z": 1}, "p": {}}
    )

    assert render(one) == render(two)


def test_a_value_that_toml_has_no_form_for_is_a_bug() -> None:
    with pytest.raises(TypeError):
        render(document(tool={"x": object()}))


@pytest.mark.parametrize("moment", [time(1, 2, 3), date(2024, 1, 2), datetime(2024, 1, 2, 3, 4)])
def test_local_times_are_kept_as_they_are(moment: object) -> None:
    assert read_back(render(document(tool={"x": moment}))).tool == {"x": moment}


def test_a_lock_is_written_and_an_equal_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "pylock.toml"

    assert write_lock(str(path), "a\n")
    assert path.read_bytes() == b"a\n"
    before = path.stat()

    assert not write_lock(str(path), "a\n")
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    "name", ["lock.toml", "pylock.a.b.toml", "pylock..toml", "pylock.toml.txt", "uv.lock"]
)
def test_a_name_that_is_not_a_locks_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LockNameInvalid):
        write_lock(str(tmp_path / name), "a\n")

    assert os.listdir(tmp_path) == []


def test_a_named_lock_is_one(tmp_path: Path) -> None:
    assert write_lock(str(tmp_path / "pylock.script.toml"), "a\n")


def test_a_replaced_lock_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "pylock.toml"
    path.write_text("old\n")
    path.chmod(0o640)
    write_lock(str(path), "new\n")

    assert path.stat().st_mode & 0o7777 == 0o640


def test_a_new_lock_has_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    plain_file = tmp_path / "plain"
    plain_file.write_text("")
    path = tmp_path / "pylock.toml"
    write_lock(str(path), "new\n")

    assert path.stat().st_mode == plain_file.stat().st_mode


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "shared.toml"
    target.parent.mkdir()
    target.write_text("old\n")
    link = tmp_path / "pylock.toml"
    link.symlink_to(target)
    write_lock(str(link), "new\n")

    assert link.is_symlink()
    assert target.read_text() == "new\n"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_lock_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "pylock.toml"
    path.write_text("old\n")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, full)

    with pytest.raises(LockUnwritable, match="No space left") as caught:
        write_lock(str(path), "new\n")

    assert caught.value.id == "lock-unwritable"
    assert path.read_text() == "old\n"
    assert os.listdir(tmp_path) == ["pylock.toml"]


def test_a_folder_that_is_missing_or_a_lock_that_is_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pylock.toml").mkdir()

    for path in (tmp_path / "none" / "pylock.toml", tmp_path / "pylock.toml"):
        with pytest.raises(LockUnwritable, match="cannot be written"):
            write_lock(str(path), "new\n")

    assert os.listdir(tmp_path) == ["pylock.toml"]


def test_a_link_that_leads_round_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pylock.toml").symlink_to(tmp_path / "pylock.toml")

    with pytest.raises(LockUnwritable):
        write_lock(str(tmp_path / "pylock.toml"), "new\n")


def test_versions_are_written_as_they_are_compared() -> None:
    assert 'version = "1.0.post1"' in render(document(replace(entry("a", "1"), version=Version("1.0-1"))))
