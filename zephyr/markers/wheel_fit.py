"""Could a wheel be used in a marker environment? Wheel tags (PEP 425) without libc, OS level and threading.

A marker environment stands for many interpreters; a wheel fits where it could be installed in one of
them. Any glibc or musl wheel of the machine fits Linux, any level of macOS will do, and a
free-threaded build counts as its minor.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.markers.platforms import Platform

_PREFIXES = {"cpython": "cp", "ironpython": "ip", "jython": "jy", "pypy": "pp"}
WIDELY_BUILT = ("cpython", "pypy", "graalpy")
"""Implementations that indexes hold wheels for."""

_ANYWHERE = 1 << 12
"""Added to the rank of a wheel for any platform: one for this platform is better."""
_PURE = 1 << 8
"""The rank of a wheel that is bound to no ABI."""
_STABLE = frozenset({"abi3", "abi3t"})
"""The stable ABI, and that of free-threaded builds (PEP 384, 803)."""
_LONGEST_MINOR = 3

_LINUX_MACHINES = {"amd64": "x86_64", "arm64": "aarch64", "i386": "i686"}
_MACOS_FORMATS = {
    "arm64": ("arm64", "universal2"),
    "x86_64": ("x86_64", "universal2", "intel", "fat64", "fat32", "universal"),
}
_WINDOWS_TAGS = {"AMD64": "win_amd64", "ARM64": "win_arm64", "x86": "win32"}


def wheel_rank(tag: str, environment: MarkerEnvironment) -> int | None:
    """Return how good a wheel's tag is for an environment (lower is better), None where it does not fit.

    ``tag`` may be a compressed set, ``py2.py3-none-any``. Wheels for the platform come before those
    for any; within them the native ABI, the stable ABI (PEP 384, newest first) and pure wheels.
    """
    return wheel_ranks(environment)[tag]


class WheelRanks(dict[str, "int | None"]):
    """`wheel_rank` by tag for the environments of one platform, minor and implementation, each found once."""

    def __init__(self, platform: Platform, minor: int, implementation: str) -> None:
        super().__init__()
        self._platform = platform
        self._minor = minor
        self._implementation = implementation

    def __missing__(self, tag: str) -> int | None:
        """Find the rank of a tag that nobody asked for yet."""
        builds, _, places = tag.rpartition("-")
        platform = self._platform
        place = _best_place(places, platform.sys_platform, platform.platform_machine)
        build = None if place is None else _best_build(builds, self._minor, self._implementation)
        rank = self[tag] = None if place is None or build is None else place + build

        return rank


def wheel_ranks(environment: MarkerEnvironment) -> WheelRanks:
    """Return the ranks of tags for an environment, shared with those that they are the same for."""
    return _ranks(environment.platform, environment.python.lower.minor, environment.implementation)


@lru_cache(maxsize=1 << 10)
def _ranks(platform: Platform, minor: int, implementation: str) -> WheelRanks:
    return WheelRanks(platform, minor, implementation)


def place_fits(places: str, platform: Platform) -> bool:
    """Return whether the last part of a wheel's tag, perhaps a compressed set, fits a platform."""
    return _best_place(places, platform.sys_platform, platform.platform_machine) is not None


def build_fits(builds: str, minor: int, implementation: str) -> bool:
    """Return whether the first parts of a wheel's tag, ``cp311-abi3``, fit an implementation of Python 3."""
    return _best_build(builds, minor, implementation) is not None


@lru_cache(maxsize=1 << 14)
def _best_build(builds: str, minor: int, implementation: str) -> int | None:
    """Return the best rank of a compressed set of Python and ABI tags, ``cp311.cp312-abi3``."""
    pythons, _, abis = builds.lower().partition("-")
    ranks = (
        _build_rank(python, abi, minor, implementation)
        for python, abi in product(pythons.split("."), abis.split("."))
    )

    return min((rank for rank in ranks if rank is not None), default=None)


@lru_cache(maxsize=1 << 14)
def _best_place(places: str, sys_platform: str, machine: str) -> int | None:
    """Return the best rank of a compressed set of platform tags."""
    names = places.lower().split(".")

    if any(_is_of(name, sys_platform, machine) for name in names):
        return 0

    return _ANYWHERE if "any" in names else None


def _build_rank(python: str, abi: str, minor: int, implementation: str) -> int | None:
    prefix = _PREFIXES.get(implementation, implementation)

    if python == f"{prefix}3{minor}":
        return _native_rank(python, abi, implementation)

    if python in {"py3", f"{prefix}3"}:
        return _PURE + 1 if abi == "none" else None

    if abi in _STABLE and implementation == "cpython":
        age = _age(python, prefix, minor)
        return None if age is None else 3 + age

    age = _age(python, "py", minor) if abi == "none" else None

    # Of the pure ones, what is for this minor alone comes first, then py3, then what is for older minors.
    return None if age is None else _PURE + (age + 1 if age else 0)


def _native_rank(python: str, abi: str, implementation: str) -> int | None:
    if abi == "none":
        return 3

    if abi == python or implementation != "cpython":
        return 0

    # An m marks CPython 3.7 and older.
    if abi in {f"{python}t", f"{python}m"}:
        return 1

    return 2 if abi in _STABLE else None


def _age(python: str, prefix: str, minor: int) -> int | None:
    """Return how many minors older the Python of a tag is (``py310``), None where it is newer or no minor."""
    name = f"{prefix}3"
    digits = python.removeprefix(name)

    if not python.startswith(name) or not digits.isdecimal() or len(digits) > _LONGEST_MINOR:
        return None

    return minor - int(digits) if int(digits) <= minor else None


def _is_of(name: str, sys_platform: str, machine: str) -> bool:
    match sys_platform:
        case "linux":
            is_linux = name.startswith(("linux_", "manylinux", "musllinux_"))
            return is_linux and name.endswith(f"_{_LINUX_MACHINES.get(machine, machine)}")
        case "darwin":
            formats = _MACOS_FORMATS.get(machine, (machine,))
            return name.startswith("macosx_") and name.endswith(tuple(f"_{each}" for each in formats))
        case "win32":
            return name == _WINDOWS_TAGS.get(machine)
        case _:
            # freebsd13 has freebsd_13_2_release_amd64.
            return name.startswith(sys_platform.rstrip("0123456789").lower())
