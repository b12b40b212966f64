"""An environment that a lock is read for: its wheels, and the marker that means it."""

from __future__ import annotations

import pytest
from packaging.version import Version

from tests.support.lock_documents import document, entry, environment, wheel
from zephyr.lock.target import LockTarget, described_target, marker_of
from zephyr.markers.environments import MarkerEnvironment
from zephyr.markers.platforms import platform_named
from zephyr.markers.python_ranges import PythonRange

TAGS = (
    "cp312-cp312-manylinux_2_17_x86_64",
    "cp312-cp312-musllinux_1_2_x86_64",
    "cp312-cp312-win_amd64",
    "cp312-cp312-macosx_11_0_arm64",
    "cp311-cp311-win_amd64",
    "cp39-abi3-win_amd64",
    "py2.py3-none-any",
)
LOCK = document(entry("a", "1", wheels=TAGS))


def described(platform: str, python: str = "3.12.0") -> LockTarget:
    return described_target(
        MarkerEnvironment(PythonRange(Version(python), None), platform_named(platform)[0]), LOCK
    )


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux-x86_64", [TAGS[0], TAGS[1], TAGS[6]]),
        ("windows-x86_64", [TAGS[2], TAGS[5], TAGS[6]]),
        ("macos-arm64", [TAGS[3], TAGS[6]]),
        ("linux-s390x", [TAGS[6]]),
    ],
)
def test_a_described_one_takes_all_that_some_interpreter_of_it_could(
    platform: str, expected: list[str]
) -> None:
    target = described(platform)

    assert [tags for tags in TAGS if target.takes(wheel("a", "1", tags))] == expected


def test_the_best_tag_comes_first() -> None:
    assert described("windows-x86_64").tags == (TAGS[2], TAGS[5], "py3-none-any")


def test_it_is_called_as_a_person_would() -> None:
    assert described("windows-x86_64").label == "Python 3.12 on windows-x86_64"


def target(python: str) -> LockTarget:
    return LockTarget(environment(python), (), python, "")


PLATFORM = 'implementation_name == "cpython" and sys_platform == "linux" and platform_machine == "x86_64"'


@pytest.mark.parametrize(
    ("python", "expected"),
    [
        ("3.12.7", 'python_version == "3.12"'),
        ("3.13.0rc1", 'python_version == "3.13"'),
        ("3.12.7+", 'python_version == "3.12"'),
        ("3.11.3", 'python_full_version >= "3.11.0" and python_full_version < "3.11.4"'),
        ("3.11.4", 'python_full_version >= "3.11.4" and python_full_version < "3.11.9"'),
        ("3.11.12", 'python_full_version >= "3.11.9" and python_full_version < "3.12.0"'),
    ],
)
def test_its_marker_is_of_the_minor_unless_the_lock_tells_releases_apart(python: str, expected: str) -> None:
    lock = document(
        entry("a", "1", marker="python_full_version < '3.11.4'"),
        entry("b", "1", python=">=3.8,!=3.11.*"),
        entry("c", "1", python="<3.11.9"),
    )

    assert str(marker_of(target(python), lock)) == f"{expected} and {PLATFORM}"


def test_the_marker_is_true_there() -> None:
    lock = document(entry("a", "1", marker="python_full_version < '3.11.4'"))

    for python in ("3.11.0", "3.11.4", "3.12.1"):
        assert marker_of(target(python), lock).evaluate(environment(python))
        assert not marker_of(target(python), lock).evaluate(environment("3.10.1"))
