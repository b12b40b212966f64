"""The environments that a lock is made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet

from tests.markers.grids import environments, holds
from zephyr.markers.literals import Literals, literals_in
from zephyr.markers.platforms import PlatformUnknown
from zephyr.markers.python_ranges import python_ranges
from zephyr.markers.targets import (
    Target,
    TargetEmpty,
    TargetInvalid,
    declared,
    default_environments,
    expanded,
)

if TYPE_CHECKING:
    from zephyr.markers.environments import MarkerEnvironment

ONE_PYTHON = SpecifierSet(">=3.12,<3.13")
DEFAULT = default_environments(python_ranges(ONE_PYTHON))


def labels(found: tuple[MarkerEnvironment, ...]) -> list[str]:
    return [environment.label for environment in found]


def added(marker: str) -> list[tuple[str, str, str, str]]:
    """What a marker adds to the default environments: sys_platform, os_name, machine, implementation."""
    found = expanded(DEFAULT, literals_in(marker))

    assert found[: len(DEFAULT)] == DEFAULT

    return [
        (one.platform.sys_platform, one.platform.os_name, one.platform.platform_machine, one.implementation)
        for one in found[len(DEFAULT) :]
    ]


def keep(*targets: Target, requires_python: SpecifierSet = ONE_PYTHON) -> list[str]:
    return labels(declared(targets, requires_python))


def test_by_default_every_python_is_locked_for_five_platforms() -> None:
    found = default_environments(python_ranges(SpecifierSet(">=3.14")))

    assert labels(found) == [
        f"Python 3.{minor} on {platform}"
        for minor in (15, 14)
        for platform in ("linux-x86_64", "linux-aarch64", "macos-arm64", "macos-x86_64", "windows-x86_64")
    ]


@pytest.mark.parametrize(
    "marker",
    [
        "sys_platform == 'win32' and os_name == 'nt' and platform_system == 'Darwin'",
        "platform_machine == 'AMD64' or platform_machine == 'amd64' or platform_machine == 'X86_64'",
        "platform_machine == 'win32' or platform_machine == 'WIN32'",
        "sys_platform == 'linux2'",
        "platform_python_implementation == 'CPython' and implementation_name == 'cpython'",
        "python_version < '3.9' and extra == 'x'",
        "no marker",
    ],
)
def test_what_the_environments_have_already_adds_nothing(marker: str) -> None:
    assert added(marker) == []


@pytest.mark.parametrize(
    ("marker", "platforms"),
    [
        ("sys_platform == 'illumos'", [("illumos", "posix", "x86_64")]),
        ("platform_system == 'FreeBSD'", [("freebsd", "posix", "x86_64")]),
        ("platform_system == 'FreeBSD' and sys_platform == 'freebsd'", [("freebsd", "posix", "x86_64")]),
        ("sys_platform == 'emscripten'", [("emscripten", "posix", "wasm32")]),
        ("os_name == 'java'", [("java", "java", "x86_64")]),
        (
            "sys_platform == 'illumos' and os_name == 'nt'",
            [("illumos", "posix", "x86_64"), ("illumos", "nt", "x86_64")],
        ),
        (
            "platform_machine in 'i686 ppc64le'",
            [("linux", "posix", "i686"), ("linux", "posix", "ppc64le")],
        ),
        ("platform_machine == 'ARM64'", [("win32", "nt", "ARM64")]),
        ("platform_machine == 'x86'", [("win32", "nt", "x86")]),
    ],
)
def test_a_platform_that_only_a_marker_speaks_of_is_added(
    marker: str, platforms: list[tuple[str, str, str]]
) -> None:
    assert added(marker) == [(*platform, "cpython") for platform in platforms]


@pytest.mark.parametrize(
    ("marker", "name"),
    [
        ("implementation_name == 'pypy'", "pypy"),
        ("platform_python_implementation != 'PyPy'", "pypy"),
        ("platform_python_implementation == 'GraalVM'", "graalpy"),
    ],
)
def test_an_implementation_is_added_on_every_platform(marker: str, name: str) -> None:
    assert [each[3] for each in added(marker)] == [name] * len(DEFAULT)
    assert len(added(f"{marker} or sys_platform == 'illumos'")) == len(DEFAULT) + 2


@pytest.mark.parametrize(
    "marker",
    [
        "sys_platform == 'illumos'",
        "platform_system == 'SunOS'",
        "os_name == 'java'",
        "platform_machine == 's390x'",
        "platform_machine == 'ARM64'",
        "platform_python_implementation == 'Pyston'",
        "implementation_name == 'ironpython' and os_name == 'posix'",
    ],
)
def test_what_is_added_makes_the_marker_true(marker: str) -> None:
    found = expanded(DEFAULT, literals_in(marker))

    assert not any(holds(marker, environment) for environment in DEFAULT)
    assert any(holds(marker, environment) for environment in found)


def test_a_table_names_pythons_and_a_platform() -> None:
    found = keep(
        {"python": ">=3.12.4", "platform": "linux-riscv64"},
        {"platform": "macos"},
        requires_python=SpecifierSet(">=3.12,<3.14"),
    )

    assert found == [
        "Python 3.13 on linux-riscv64",
        "Python 3.12.4 on linux-riscv64",
        "Python 3.13 on macos-arm64",
        "Python 3.13 on macos-x86_64",
        "Python 3.12.4 on macos-arm64",
        "Python 3.12.4 on macos-x86_64",
        "Python 3.12 on macos-arm64",
        "Python 3.12 on macos-x86_64",
    ]


def test_a_table_without_a_platform_keeps_the_default_ones() -> None:
    assert keep({"python": ">=3.12"}) == labels(DEFAULT)


def test_a_marker_chooses_environments_and_may_bring_its_own() -> None:
    assert keep("os_name == 'nt'") == ["Python 3.12 on windows-x86_64"]
    assert keep("sys_platform == 'illumos'") == ["Python 3.12 on illumos-x86_64"]
    assert keep("python_full_version < '3.12.4' and sys_platform == 'win32'") == [
        "Python 3.12 on windows-x86_64"
    ]
    assert keep("implementation_name == 'pypy' and platform_machine == 'arm64'") == [
        "PyPy 3.12 on macos-arm64"
    ]


def test_what_dependencies_speak_of_is_kept_where_a_marker_target_allows_it() -> None:
    found = declared(
        ["sys_platform == 'linux'"], ONE_PYTHON, Literals(platform_machines=frozenset({"s390x"}))
    )

    assert labels(found)[-1] == "Python 3.12 on linux-s390x"


def test_an_environment_that_two_targets_keep_is_there_once() -> None:
    assert keep({"platform": "windows"}, "os_name == 'nt'") == ["Python 3.12 on windows-x86_64"]


@pytest.mark.parametrize(
    "target", [{"python": "<3.11"}, "python_version < '3.11'", "os_name == 'x' and os_name == 'y'"]
)
def test_a_target_that_keeps_nothing_is_refused(target: Target) -> None:
    with pytest.raises(TargetEmpty, match="keeps no environment") as refused:
        keep("os_name == 'nt'", target)

    assert (refused.value.id, refused.value.exit_code) == ("target-empty", 2)


@pytest.mark.parametrize("target", [{"python": "three"}, "python_version >", "'x' in extras"])
def test_a_target_without_a_meaning_is_refused(target: Target) -> None:
    with pytest.raises(TargetInvalid, match="The target"):
        keep(target)


def test_a_target_on_an_unknown_platform_is_refused() -> None:
    with pytest.raises(PlatformUnknown, match="solaris"):
        keep({"platform": "solaris"})


def test_nothing_is_added_twice() -> None:
    marker = "sys_platform == 'illumos' or platform_system == 'Illumos' or implementation_name == 'pypy'"
    whole = environments(">=3.13")
    found = expanded(whole, literals_in(marker))

    assert len(set(found)) == len(found)
    assert expanded(found, literals_in(marker)) == found
