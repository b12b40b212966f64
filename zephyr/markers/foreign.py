"""Platforms that are known by nothing but a value that some marker compares with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.markers.platforms import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from zephyr.markers.literals import Literals

_SYSTEM_NAMES = {
    "aix": "AIX",
    "freebsd": "FreeBSD",
    "ios": "iOS",
    "netbsd": "NetBSD",
    "openbsd": "OpenBSD",
    "sunos5": "SunOS",
    "wasi": "WASI",
}
"""``platform.system()`` by ``sys.platform``, where it is not just capitalised."""
_SYS_PLATFORMS = {name: sys_platform for sys_platform, name in _SYSTEM_NAMES.items()}

_USUAL_MACHINE = "x86_64"
_MACHINES = {"android": "aarch64", "emscripten": "wasm32", "ios": "arm64", "wasi": "wasm32"}
"""``platform.machine()`` of systems that never are of the usual one."""
_WINDOWS_MACHINES = frozenset({"AMD64", "ARM64", "x86"})


def foreign_platforms(platforms: Sequence[Platform], literals: Literals) -> tuple[Platform, ...]:
    """Return the platforms that have what ``literals`` speak of and none of ``platforms`` has.

    A system is taken to be a POSIX one, and also to be of every ``os_name`` that is spoken of; a machine,
    to run Linux, unless it is spelled as Windows does.
    """
    found = list(platforms)

    for sys_platform in sorted(literals.sys_platforms - {each.sys_platform for each in found}):
        found += _systems(sys_platform, _system_name(sys_platform), literals.os_names)

    for system in sorted(literals.platform_systems - {each.platform_system for each in found}):
        found += _systems(_SYS_PLATFORMS.get(system, system.lower()), system, literals.os_names)

    for os_name in sorted(literals.os_names - {each.os_name for each in found}):
        sys_platform = os_name.lower()
        found.append(Platform(sys_platform, os_name, _system_name(sys_platform), _machine(sys_platform)))

    found += _machines(literals.platform_machines, {each.platform_machine for each in found})

    return tuple(found[len(platforms) :])


def _systems(sys_platform: str, system: str, os_names: Iterable[str]) -> Iterator[Platform]:
    for os_name in ("posix", *sorted({*os_names} - {"posix"})):
        yield Platform(sys_platform, os_name, system, _machine(sys_platform))


def _machines(named: Iterable[str], present: set[str]) -> Iterator[Platform]:
    # x86_64 is the AMD64 of Windows, and many markers try every case: a spelling makes no machine.
    spellings = {machine.lower() for machine in present}

    for machine in sorted({*named} - present):
        if machine in _WINDOWS_MACHINES:
            yield Platform("win32", "nt", "Windows", machine)
        elif machine.lower() not in spellings:
            yield Platform("linux", "posix", "Linux", machine)


def _system_name(sys_platform: str) -> str:
    return _SYSTEM_NAMES.get(sys_platform, sys_platform.capitalize())


def _machine(sys_platform: str) -> str:
    return _MACHINES.get(sys_platform, _USUAL_MACHINE)
