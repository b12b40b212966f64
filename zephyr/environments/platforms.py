"""Platform tags of an interpreter, from the facts it gave: PEP 425, 513, 571, 599, 600 and 656.

`packaging.tags.platform_tags` answers for the running process only; these answer for another
interpreter, in the same order (tests hold the two against each other for every Python there is).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.environments.elf import read_elf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from zephyr.environments.elf import ElfHeader

LOADER_LIMIT = 10.0
"""Seconds that the musl loader gets to say its version."""
GLIBC_ARCHITECTURES = frozenset({"x86_64", "aarch64", "ppc64", "ppc64le", "s390x", "loongarch64", "riscv64"})
LEGACY_MANYLINUX = {(2, 17): "manylinux2014", (2, 12): "manylinux2010", (2, 5): "manylinux1"}


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """What decides the platform tags."""

    platform: str
    """``sysconfig.get_platform()``: ``linux-x86_64``, ``macosx-11.0-arm64``, ``win-amd64``."""
    system: str
    """``platform.system()``: ``Linux``, ``Darwin``, ``Windows``."""
    is_32bit: bool = False
    glibc: str | None = None
    musl: tuple[int, int] | None = None
    elf: ElfHeader | None = None
    macos: tuple[str, str] = ("", "")
    """Version and machine, as ``platform.mac_ver`` gives them."""
    manylinux: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """Levels (``2.17``) that a ``_manylinux`` module allows or forbids."""


def platform_tags(facts: PlatformFacts) -> list[str]:
    """Return the platform tags of ``facts``, best first."""
    if facts.system == "Darwin":
        return _mac_tags(facts)

    tag = re.sub(r"[.\- ]", "_", facts.platform)

    if facts.system == "Linux" and tag.startswith("linux_"):
        return _linux_tags(tag.removeprefix("linux_"), facts)

    return [tag]


def _mac_tags(facts: PlatformFacts) -> list[str]:
    from packaging.tags import mac_platforms

    version, machine = facts.macos
    major, minor = (*version.split("."), "0")[:2]

    if facts.is_32bit:
        machine = "ppc" if machine.startswith("ppc") else "i386"

    return list(mac_platforms((int(major), int(minor)), machine))


def _linux_tags(machine: str, facts: PlatformFacts) -> list[str]:
    if facts.is_32bit:
        machine = {"x86_64": "i686", "aarch64": "armv8l"}.get(machine, machine)

    machines = ["armv8l", "armv7l"] if machine == "armv8l" else [machine]
    tags = [f"linux_{name}" for name in machines]
    tags += _glibc_tags(machines, facts)

    if facts.musl is not None:
        major, minor = facts.musl
        tags += [f"musllinux_{major}_{level}_{name}" for name in machines for level in range(minor, -1, -1)]

    return tags


def _glibc_tags(machines: Sequence[str], facts: PlatformFacts) -> Iterator[str]:
    found = re.match(r"(\d+)\.(\d+)", facts.glibc or "")

    # Should glibc 3 ever come, its relation to the levels of glibc 2 will be for a PEP to say.
    if not found or found[1] != "2" or not _loads_manylinux(machines, facts.elf):
        return

    oldest = 5 if {"x86_64", "i686"} & {*machines} else 17

    for machine in machines:
        for minor in range(int(found[2]), oldest - 1, -1):
            if not facts.manylinux.get(f"2.{minor}", True):
                continue

            yield f"manylinux_2_{minor}_{machine}"

            if legacy := LEGACY_MANYLINUX.get((2, minor)):
                yield f"{legacy}_{machine}"


def _loads_manylinux(machines: Sequence[str], elf: ElfHeader | None) -> bool:
    if "armv7l" in machines:
        return elf is not None and elf.is_arm_hard_float

    if "i686" in machines:
        return elf is not None and elf.is_intel_32

    return not GLIBC_ARCHITECTURES.isdisjoint(machines)


def musl_version(executable: str) -> tuple[int, int] | None:
    """Return the musl that ``executable`` is linked against (PEP 656), None for any other C library.

    Only the loader itself knows, and tells when it is run without arguments.
    """
    elf = read_elf(executable)

    if elf is None or elf.loader is None or "musl" not in elf.loader:
        return None

    import subprocess

    try:
        ran = subprocess.run([elf.loader], check=False, capture_output=True, text=True, timeout=LOADER_LIMIT)
    except (OSError, subprocess.SubprocessError):
        return None

    return parse_musl_version(ran.stderr)


def parse_musl_version(output: str) -> tuple[int, int] | None:
    """Return the version in what a musl loader prints: ``musl libc (x86_64)``, ``Version 1.2.2``..."""
    found = re.match(r"\s*musl[^\n]*\n\s*Version (\d+)\.(\d+)", output)

    return (int(found[1]), int(found[2])) if found else None
