"""Platforms and the names that people give them."""

from __future__ import annotations

import pytest

from zephyr.markers.platforms import DEFAULT_PLATFORMS, Platform, PlatformUnknown, platform_named


def test_five_platforms_are_locked_for_by_default_in_a_fixed_order() -> None:
    assert (
        Platform("linux", "posix", "Linux", "x86_64"),
        Platform("linux", "posix", "Linux", "aarch64"),
        Platform("darwin", "posix", "Darwin", "arm64"),
        Platform("darwin", "posix", "Darwin", "x86_64"),
        Platform("win32", "nt", "Windows", "AMD64"),
    ) == DEFAULT_PLATFORMS


@pytest.mark.parametrize(
    "label",
    [
        *(platform.label for platform in DEFAULT_PLATFORMS),
        "linux-i686",
        "linux-armv7l",
        "linux-ppc64le",
        "linux-s390x",
        "linux-riscv64",
        "windows-arm64",
        "windows-x86",
    ],
)
def test_a_label_names_one_platform_and_is_its_name(label: str) -> None:
    assert [platform.label for platform in platform_named(label)] == [label]


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("linux", ["linux-x86_64", "linux-aarch64"]),
        ("macos", ["macos-arm64", "macos-x86_64"]),
        ("darwin", ["macos-arm64", "macos-x86_64"]),
        ("Windows", ["windows-x86_64"]),
        ("x86_64-unknown-linux-gnu", ["linux-x86_64"]),
        ("aarch64-unknown-linux-musl", ["linux-aarch64"]),
        ("armv7-unknown-linux-gnueabihf", ["linux-armv7l"]),
        ("x86_64-manylinux_2_28", ["linux-x86_64"]),
        ("aarch64-apple-darwin", ["macos-arm64"]),
        ("x86_64-pc-windows-msvc", ["windows-x86_64"]),
        ("i686-pc-windows-msvc", ["windows-x86"]),
        ("manylinux_2_28_x86_64", ["linux-x86_64"]),
        ("manylinux2014_aarch64", ["linux-aarch64"]),
        ("musllinux_1_2_ppc64le", ["linux-ppc64le"]),
        ("linux_armv7l", ["linux-armv7l"]),
        ("macosx_11_0_arm64", ["macos-arm64"]),
        ("macosx_10_9_universal2", ["macos-arm64", "macos-x86_64"]),
        ("win_amd64", ["windows-x86_64"]),
        ("win_arm64", ["windows-arm64"]),
        ("win32", ["windows-x86"]),
        ("windows-amd64", ["windows-x86_64"]),
        ("linux-arm64", ["linux-aarch64"]),
        (" macos-aarch64 ", ["macos-arm64"]),
    ],
)
def test_the_names_of_other_tools_are_understood(name: str, labels: list[str]) -> None:
    assert [platform.label for platform in platform_named(name)] == labels


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("linx-x86_64", "linux-x86_64"),
        ("windows-x64", "windows-x86"),
        ("macos-ppc64le", "macos-arm64"),
        ("??", "linux-x86_64, linux-aarch64"),
        ("", "linux-x86_64, linux-aarch64"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_one(name: str, hint: str) -> None:
    with pytest.raises(PlatformUnknown, match="no platform") as refused:
        platform_named(name)

    assert (refused.value.id, refused.value.exit_code) == ("platform-unknown", 2)
    assert repr(name) in refused.value.message
    assert hint in str(refused.value.hint)
