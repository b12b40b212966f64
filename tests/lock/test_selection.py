from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.pylock import PylockSelectError
from packaging.tags import parse_tag
from packaging.utils import parse_wheel_filename

from tests.support.lock_documents import document, entry, environment, folder, repository, wheel
from zephyr.errors import ZephyrError
from zephyr.lock.errors import (
    EntriesAmbiguous,
    LockIncomplete,
    LockNotForEnvironment,
    LockNotForPython,
    NoUsableFile,
)
from zephyr.lock.selection import select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.pylock import Package, Pylock

TAGS = ("cp312-cp312-manylinux_2_28_x86_64", "cp312-abi3-manylinux_2_17_x86_64", "py3-none-any")


def selected(
    locked: Pylock, python: str = "3.12.1", tags: Sequence[str] = TAGS, platform: str = "linux", **asked: Any
) -> list[str]:
    """Return what is selected as ``name version file``."""
    chosen = select(locked, environment(python, platform), tags, python, **asked)

    return [
        " ".join(
            filter(
                None, [one.package.name, str(one.package.version or ""), getattr(one.source, "filename", "")]
            )
        )
        for one in chosen
    ]


def names(locked: Pylock, **asked: Any) -> list[str]:
    return [line.split()[0] for line in selected(locked, **asked)]


def test_the_wheel_that_fits_best_is_taken() -> None:
    tags = ["py3-none-any", "cp312-abi3-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_28_x86_64"]

    assert selected(document(entry("a", "1", wheels=tags))) == [
        "a 1 a-1-cp312-abi3-manylinux_2_17_x86_64.whl"
    ]


def test_of_equal_wheels_the_later_build_is_taken() -> None:
    tags = ["py3-none-any", "2-py3-none-any", "10b-py3-none-any", "9-py3-none-any"]

    assert selected(document(entry("a", "1", wheels=tags))) == ["a 1 a-1-10b-py3-none-any.whl"]


def test_each_tag_of_a_compressed_set_counts() -> None:
    locked = document(
        entry(
            "a", "1", wheels=["py2.py3-none-any", "cp312-cp312-manylinux_2_17_x86_64.manylinux_2_28_x86_64"]
        )
    )

    assert selected(locked) == ["a 1 a-1-cp312-cp312-manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl"]


def test_the_source_archive_is_taken_where_no_wheel_fits() -> None:
    assert selected(document(entry("a", "1", wheels=["cp39-cp39-win32"]))) == ["a 1 a-1.tar.gz"]


def test_where_nothing_fits_the_wheels_and_the_interpreter_are_named() -> None:
    locked = document(entry("a", "1", wheels=["cp39-cp39-win32"], source=False))

    with pytest.raises(NoUsableFile, match=r"a 1 .* takes cp312-cp312-manylinux_2_28_x86_64") as caught:
        selected(locked)

    assert "  a-1-cp39-cp39-win32.whl" in caught.value.details


def test_a_place_is_taken_as_it_is() -> None:
    assert selected(document(folder("lib", "lib"), repository("tool", "1.0"))) == ["lib", "tool 1.0"]


def test_markers_decide_what_is_installed() -> None:
    locked = document(
        entry("a", "1", marker="sys_platform == 'win32'"), entry("b", "1", marker="python_version >= '3.12'")
    )

    assert names(locked) == ["b"]
    assert names(locked, platform="win32", python="3.11.2") == ["a"]


def test_a_lock_for_another_python_is_refused() -> None:
    with pytest.raises(
        LockNotForPython, match=r"The lock is for Python >=3\.13, and this is Python 3\.12\.1"
    ):
        selected(document(python=">=3.13"))


def test_an_entry_for_another_python_is_refused_only_where_it_applies() -> None:
    with pytest.raises(LockNotForPython, match=r"a 1 is for Python >=3\.13"):
        selected(document(entry("a", "1", python=">=3.13")))

    assert selected(document(entry("a", "1", python=">=3.13", marker="os_name == 'nt'"))) == []


def test_a_python_between_two_releases_counts_as_the_earlier() -> None:
    assert names(document(entry("a", "1"), python=">=3.12"), python="3.12.1+") == ["a"]


def test_an_environment_that_the_lock_is_not_for_is_refused_with_those_that_it_is_for() -> None:
    locked = document(environments=["sys_platform == 'win32'", "sys_platform == 'darwin'"])

    with pytest.raises(LockNotForEnvironment, match=r"cpython 3\.12\.1 linux x86_64") as caught:
        selected(locked)

    assert caught.value.details == ("It is for:", '  sys_platform == "win32"', '  sys_platform == "darwin"')
    assert selected(locked, platform="win32") == []


def test_two_entries_that_both_apply_are_named_with_their_markers() -> None:
    locked = document(entry("a", "1"), entry("a", "2", marker="os_name == 'posix'"))

    with pytest.raises(EntriesAmbiguous, match="Two entries of a") as caught:
        selected(locked)

    assert caught.value.details == ("  a 1: always", '  a 2: os_name == "posix"')
    assert selected(locked, platform="win32") == ["a 1 a-1-py3-none-any.whl"]


def test_a_lock_that_lost_an_entry_is_refused() -> None:
    lost = document(entry("a", "1", needs=[{"name": "b"}]))
    other = document(entry("a", "1", needs=[{"name": "b", "version": "2"}]), entry("b", "1"))

    with pytest.raises(LockIncomplete, match="a 1 needs b, which"):
        selected(lost)

    with pytest.raises(LockIncomplete, match="a 1 needs b 2, which"):
        selected(other)


def test_what_another_tool_says_of_dependencies_decides_nothing() -> None:
    assert names(document(entry("a", "1", needs=[{"name": "b"}]), created_by="other")) == ["a"]


markers = st.sampled_from(
    [
        None,
        "sys_platform == 'win32'",
        "sys_platform != 'win32'",
        "python_full_version < '3.12'",
        "'x' in extras",
        "'x' not in extras",
        "'g' in dependency_groups",
        "'g' in dependency_groups or ('x' in extras and os_name == 'nt')",
    ]
)
tag_sets = st.lists(
    st.sampled_from(
        [
            "py3-none-any",
            "cp312-cp312-manylinux_2_28_x86_64",
            "cp312-abi3-manylinux_2_17_x86_64.win_amd64",
            "cp39-cp39-win32",
        ]
    ),
    max_size=3,
    unique=True,
)


@st.composite
def packages(draw: st.DrawFn) -> Package:
    name, tags = draw(st.sampled_from(["a", "b", "c"])), draw(tag_sets)
    place = folder(name, name) if draw(st.booleans()) else repository(name, "1")
    built = entry(
        name,
        "1",
        wheels=tags,
        source=draw(st.booleans()) or not tags,
        python=draw(st.sampled_from([None, None, ">=3.12", "<3.12"])),
        marker=draw(markers),
    )

    return replace(place, marker=built.marker) if draw(st.integers(0, 4)) == 0 else built


@st.composite
def documents(draw: st.DrawFn) -> Pylock:
    linux, old = "sys_platform == 'linux'", "python_version < '3.12'"

    return document(
        *draw(st.lists(packages(), max_size=4)),
        python=draw(st.sampled_from([None, ">=3.12"])),
        environments=draw(st.sampled_from([[], [linux], [linux, old]])),
        extras=["x"],
        dependency_groups=["g"],
        default_groups=draw(st.sampled_from([None, ["g"]])),
    )


@given(
    documents(),
    st.sampled_from(list(product(("3.11.9", "3.12.1", "3.13.0rc1"), ("linux", "win32")))),
    st.sampled_from([(), ("x",)]),
    st.sampled_from([None, (), ("g",)]),
)
def test_the_library_selects_the_same(
    locked: Pylock, where: tuple[str, str], extras: tuple[str, ...], groups: tuple[str, ...] | None
) -> None:
    python, platform = where
    values = environment(python, platform)
    parsed = [tag for text in TAGS for tag in parse_tag(text)]
    try:
        expected = list(
            locked.select(
                environment=cast("Any", values), tags=parsed, extras=extras, dependency_groups=groups
            )
        )
    except PylockSelectError:
        with pytest.raises(ZephyrError):
            select(locked, values, TAGS, python, extras=extras, groups=groups)
    else:
        found = select(locked, values, TAGS, python, extras=extras, groups=groups)
        assert [(one.package, one.source) for one in found] == expected


def test_the_tags_of_a_name_are_those_that_the_library_reads() -> None:
    odd = wheel("a", "1", "1x-CP312-Cp312-Linux_x86_64.ANY")

    assert {str(tag) for tag in parse_wheel_filename(odd.filename)[3]} == {
        "cp312-cp312-linux_x86_64",
        "cp312-cp312-any",
    }
    assert selected(document(entry("a", "1", wheels=[odd])), tags=["cp312-cp312-any"]) == [
        f"a 1 {odd.filename}"
    ]
