"""The promise that a backend gives with its metadata, beside what it builds."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.wheels import core_metadata
from zephyr_workers.build_errors import InvalidBuildResult, MetadataChanged
from zephyr_workers.build_result import check_promise, check_wheel_name
from zephyr_workers.sources import SourceTree

SOURCE = SourceTree("/src", "0" * 64, "demo-1.0.tar.gz", canonicalize_name("demo"), Version("1.0"))
NAMELESS = SourceTree("/src", "0" * 64, "./folder", None, None)
TAGS = ("cp311-cp311-linux_x86_64", "py3-none-any")


def promise(*requires: str, name: str = "demo", version: str = "1.0", python: str | None = None) -> bytes:
    return core_metadata(name, version, requires, requires_python=python).encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (promise("a", "b"), promise("b", "a", "a")),
        (promise("Some_Name >= 1,<2"), promise("some-name<2,>=1")),
        (promise(name="Demo"), promise(name="demo")),
    ],
)
def test_order_and_spelling_do_not_break_a_promise(before: bytes, after: bytes) -> None:
    check_promise(before, after, SOURCE.shown)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (promise("a"), promise("a", "b"), "Requires-Dist: nothing was promised, b was built"),
        (promise("a>=1"), promise("a>=2"), "Requires-Dist: a>=1 was promised, a>=2 was built"),
        (promise(), promise(version="1.1"), "Version: 1.0 was promised, 1.1 was built"),
        (promise(), promise(name="other"), "Name: demo was promised, other was built"),
        (promise(), promise(python=">=3.9"), "Requires-Python"),
    ],
)
def test_a_broken_promise_is_told_with_both_values(before: bytes, after: bytes, reason: str) -> None:
    with pytest.raises(MetadataChanged, match=rf"demo-1\.0\.tar\.gz changed its .*{reason[:15]}") as caught:
        check_promise(before, after, SOURCE.shown)

    assert reason in caught.value.message


@pytest.mark.parametrize(
    "name", ["demo-1.0-py3-none-any.whl", "Demo-1.0-1-cp310.cp311-cp311-linux_x86_64.whl"]
)
def test_a_wheel_of_the_source_is_accepted(name: str) -> None:
    check_wheel_name(name, SOURCE, TAGS)
    check_wheel_name(name, NAMELESS, TAGS)


def test_a_local_label_may_be_added_by_the_build() -> None:
    check_wheel_name("demo-1.0+cu12-py3-none-any.whl", SOURCE, TAGS)


def test_a_folder_without_a_name_may_give_any_project() -> None:
    check_wheel_name("other-3.0-py3-none-any.whl", NAMELESS, TAGS)

    with pytest.raises(InvalidBuildResult, match="is for cp27-none-any"):
        check_wheel_name("other-3.0-cp27-none-any.whl", NAMELESS, TAGS)
