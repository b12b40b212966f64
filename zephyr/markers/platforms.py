"""Platforms as environment markers see them, and the names that people give them.

libc, OS level and free threading are no part of a platform: no marker can tell them apart.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from zephyr.dataclass import dataclass
from zephyr.errors import UsageError


@dataclass(frozen=True, slots=True)
class Platform:
    """The values of the four environment markers (PEP 508) that speak of the platform."""

    sys_platform: str
    os_name: str
    platform_system: str
    platform_machine: str

    @property
    def label(self) -> str:
        """The name that a person knows it by, ``windows-x86_64``; `platform_named` reads it back."""
        system = _SYSTEM_LABELS.get(self.sys_platform, self.sys_platform)
        machine = _WINDOWS_LABELS.get(self.platform_machine, self.platform_machine)

        return f"{system}-{machine}"


class PlatformUnknown(UsageError):
    """A platform was asked for that Zephyr has no name for."""

    id = "platform-unknown"


_SYSTEM_LABELS = {"darwin": "macos", "win32": "windows"}
_WINDOWS_LABELS = {"AMD64": "x86_64", "ARM64": "arm64"}

_SYSTEMS = {
    "linux": ("linux", "posix", "Linux"),
    "macos": ("darwin", "posix", "Darwin"),
    "windows": ("win32", "nt", "Windows"),
}

_MACHINES = {
    "linux": (
        "x86_64",
        "aarch64",
        "i686",
        "armv6l",
        "armv7l",
        "loongarch64",
        "ppc64",
        "ppc64le",
        "riscv64",
        "s390x",
    ),
    "macos": ("arm64", "x86_64"),
    "windows": ("AMD64", "ARM64", "x86"),
}

_KNOWN = {
    platform.label: platform
    for system, machines in _MACHINES.items()
    for platform in (Platform(*_SYSTEMS[system], machine) for machine in machines)
}

DEFAULT_PLATFORMS = tuple(
    _KNOWN[label]
    for label in ("linux-x86_64", "linux-aarch64", "macos-arm64", "macos-x86_64", "windows-x86_64")
)
"""What a lock is made for unless the project says otherwise."""

_DEFAULT_LABELS = ", ".join(platform.label for platform in DEFAULT_PLATFORMS)

_MACHINE_ALIASES = {
    "linux": {
        "amd64": "x86_64",
        "arm64": "aarch64",
        "armv7": "armv7l",
        "i386": "i686",
        "powerpc64": "ppc64",
        "powerpc64le": "ppc64le",
        "riscv64gc": "riscv64",
        "x86": "i686",
    },
    "macos": {"aarch64": "arm64", "intel": "x86_64"},
    "windows": {"aarch64": "arm64", "amd64": "x86_64", "i686": "x86"},
}

_SPELLINGS = tuple(
    (system, re.compile(pattern))
    for system, pattern in (
        # Our own, and those of operating systems: linux-x86_64, darwin.
        ("linux", r"linux(?:-(?P<machine>\w+))?"),
        ("macos", r"(?:macos|darwin)(?:-(?P<machine>\w+))?"),
        ("windows", r"windows(?:-(?P<machine>\w+))?"),
        # Target triples of compilers, and the short forms that uv takes.
        ("linux", r"(?P<machine>\w+)-(?:unknown-)?linux-(?:gnu|musl)\w*"),
        ("linux", r"(?P<machine>\w+)-(?:many|musl)linux\w+"),
        ("macos", r"(?P<machine>\w+)-apple-(?:darwin|macos)"),
        ("windows", r"(?P<machine>\w+)-pc-windows-\w+"),
        # Platform tags of wheels, as pip takes them.
        ("linux", r"(?:many|musl)linux(?:\d+|_\d+_\d+)_(?P<machine>\w+)|linux_(?P<plain>\w+)"),
        ("macos", r"macosx_\d+_\d+_(?P<machine>\w+)"),
        ("windows", r"win_(?P<machine>\w+)"),
    )
)


def platform_named(text: str) -> tuple[Platform, ...]:
    """Return the platforms that a name stands for; several for ``macos`` or a universal wheel's tag.

    Understood are our labels (``linux-x86_64``), systems (``linux``), target triples
    (``x86_64-unknown-linux-gnu``) and platform tags of wheels (``manylinux_2_28_x86_64``). A C library
    or a level in them says nothing here.

    Raises:
        PlatformUnknown: it is none of them.

    """
    name = text.strip().lower()

    # As pip has it: the tag of wheels for 32-bit Windows, not the sys_platform of every Windows.
    if name == "win32":
        return (_KNOWN["windows-x86"],)

    for system, spelling in _SPELLINGS:
        if found := spelling.fullmatch(name):
            machine = next((machine for machine in found.groups() if machine), None)

            if platforms := _of_system(system, machine):
                return platforms

    raise _unknown(text)


def _of_system(system: str, machine: str | None) -> tuple[Platform, ...]:
    if machine is None or (system, machine) == ("macos", "universal2"):
        sys_platform = _SYSTEMS[system][0]

        return tuple(platform for platform in DEFAULT_PLATFORMS if platform.sys_platform == sys_platform)

    label = f"{system}-{_MACHINE_ALIASES[system].get(machine, machine)}"

    return (_KNOWN[label],) if label in _KNOWN else ()


def _unknown(text: str) -> PlatformUnknown:
    near = get_close_matches(text.strip().lower(), [*_SYSTEMS, *_KNOWN])
    hint = f"Did you mean {near[0]}?" if near else f"Those of a default lock are {_DEFAULT_LABELS}."

    return PlatformUnknown(f"{text!r} is no platform that Zephyr knows", hint=hint)
