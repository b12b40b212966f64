"""Platform tags for systems that this machine is not."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.elf import ElfHeader
from zephyr.environments.platforms import PlatformFacts, musl_version, parse_musl_version, platform_tags

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEBIAN = PlatformFacts("linux-x86_64", "Linux", glibc="2.19")
ALPINE = PlatformFacts("linux-x86_64", "Linux", musl=(1, 2))
INTEL = ElfHeader(is_32bit=True, is_little_endian=True, machine=3, flags=0, loader=None)
ARM = ElfHeader(is_32bit=True, is_little_endian=True, machine=40, flags=0x05000400, loader=None)


def test_glibc_tags_go_down_to_what_manylinux_began_with() -> None:
    tags = platform_tags(DEBIAN)

    assert tags[:5] == [
        "linux_x86_64",
        "manylinux_2_19_x86_64",
        "manylinux_2_18_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
    ]
    assert tags[-2:] == ["manylinux_2_5_x86_64", "manylinux1_x86_64"]


def test_other_machines_begin_at_2_17() -> None:
    tags = platform_tags(replace(DEBIAN, platform="linux-aarch64"))

    assert tags[-2:] == ["manylinux_2_17_aarch64", "manylinux2014_aarch64"]


def test_a_machine_without_manylinux_has_its_own_tag_only() -> None:
    assert platform_tags(replace(DEBIAN, platform="linux-sparc64")) == ["linux_sparc64"]


def test_musl_tags_go_down_to_the_first_minor() -> None:
    assert platform_tags(ALPINE) == [
        "linux_x86_64",
        "musllinux_1_2_x86_64",
        "musllinux_1_1_x86_64",
        "musllinux_1_0_x86_64",
    ]


def test_a_32_bit_python_on_a_64_bit_kernel_is_an_i686() -> None:
    tags = platform_tags(replace(DEBIAN, is_32bit=True, elf=INTEL))

    assert tags[:2] == ["linux_i686", "manylinux_2_19_i686"]


def test_a_32_bit_arm_needs_hard_floats_for_manylinux() -> None:
    facts = replace(DEBIAN, platform="linux-aarch64", is_32bit=True)

    assert platform_tags(replace(facts, elf=ARM)) == [
        *("linux_armv8l", "linux_armv7l"),
        *("manylinux_2_19_armv8l", "manylinux_2_18_armv8l", "manylinux_2_17_armv8l", "manylinux2014_armv8l"),
        *("manylinux_2_19_armv7l", "manylinux_2_18_armv7l", "manylinux_2_17_armv7l", "manylinux2014_armv7l"),
    ]
    assert platform_tags(replace(facts, elf=replace(ARM, flags=0x05000000))) == [
        "linux_armv8l",
        "linux_armv7l",
    ]


def test_a_distributor_may_forbid_levels() -> None:
    tags = platform_tags(replace(DEBIAN, manylinux={"2.19": False, "2.17": False}))

    assert tags[:3] == ["linux_x86_64", "manylinux_2_18_x86_64", "manylinux_2_16_x86_64"]
    assert "manylinux2014_x86_64" not in tags


@pytest.mark.parametrize("glibc", ["2.19-2014.11", "2.19.9000"])
def test_patched_glibcs_count_by_their_first_two_numbers(glibc: str) -> None:
    assert platform_tags(replace(DEBIAN, glibc=glibc)) == platform_tags(DEBIAN)


@pytest.mark.parametrize("glibc", [None, "", "nonsense"])
def test_without_a_known_c_library_only_the_native_tag_is_left(glibc: str | None) -> None:
    assert platform_tags(replace(DEBIAN, glibc=glibc)) == ["linux_x86_64"]


def test_macos_takes_older_and_universal_wheels() -> None:
    facts = PlatformFacts("macosx-11.0-arm64", "Darwin", macos=("14.2.1", "arm64"))
    tags = platform_tags(facts)

    assert tags[:2] == ["macosx_14_0_arm64", "macosx_14_0_universal2"]
    assert "macosx_11_0_arm64" in tags
    assert "macosx_10_9_x86_64" not in tags


def test_windows_has_one_tag() -> None:
    assert platform_tags(PlatformFacts("win-amd64", "Windows")) == ["win_amd64"]


def test_other_systems_have_their_own_name() -> None:
    assert platform_tags(PlatformFacts("freebsd-14.1-RELEASE-amd64", "FreeBSD")) == [
        "freebsd_14_1_RELEASE_amd64"
    ]


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("musl libc (x86_64)\nVersion 1.2.2\nDynamic Program Loader\n", (1, 2)),
        ("glibc\nVersion 2.36\n", None),
        ("musl libc\nno version", None),
        ("", None),
    ],
)
def test_the_musl_loader_tells_its_version(output: str, version: tuple[int, int] | None) -> None:
    assert parse_musl_version(output) == version


def test_an_executable_names_the_loader_that_is_asked(
    tmp_path: Path, script: Callable[[Path, str], str]
) -> None:
    loader = script(tmp_path / "ld-musl-x86_64.so.1", "printf 'musl libc\\nVersion 1.1.24\\n' >&2; exit 1")
    executable = tmp_path / "python"
    executable.write_bytes(elf_with_loader(loader))

    assert musl_version(str(executable)) == (1, 1)


def test_an_executable_of_another_library_is_not_asked() -> None:
    assert musl_version(os.path.realpath("/bin/sh")) is None


def elf_with_loader(loader: str) -> bytes:
    """The smallest 64-bit executable that names a dynamic loader."""
    text = os.fsencode(loader) + b"\0"
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += (3).to_bytes(2, "little") + (62).to_bytes(2, "little") + (1).to_bytes(4, "little")
    header += bytes(8) + (64).to_bytes(8, "little") + bytes(8) + bytes(4)
    header += (64).to_bytes(2, "little") + (56).to_bytes(2, "little") + (1).to_bytes(2, "little") + bytes(6)
    program = (3).to_bytes(4, "little") + bytes(4) + (120).to_bytes(8, "little") + bytes(16)
    program += len(text).to_bytes(8, "little") + bytes(16)

    return header + program + text
