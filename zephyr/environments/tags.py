"""Wheel tags of an interpreter that is not this process: PEP 425 with PEP 384, 703 and 803."""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.tags import Tag


def cpython_abis(version: tuple[int, int], *, debug: bool = False, free_threaded: bool = False) -> list[str]:
    """Return the ABI tags of a CPython 3.8 or later: a debug build also loads what a release build does."""
    release = f"cp{version[0]}{version[1]}" + ("t" if free_threaded else "")

    return [f"{release}d", release] if debug else [release]


def generic_abi(extension_suffix: str) -> list[str]:
    """Return the ABI tags that ``EXT_SUFFIX`` (``.pypy39-pp73-x86_64-linux-gnu.so``) stands for."""
    parts = extension_suffix.split(".")
    middle = parts[1] if len(parts) > 2 else ""
    words = middle.split("-")
    kept = {"pypy": 2, "graalpy": 3}

    for name, count in kept.items():
        if middle.startswith(name):
            return ["_".join(words[:count])]

    return [middle.replace("-", "_")] if middle else []


def wheel_tags(
    implementation: str,
    version: tuple[int, int],
    abis: Sequence[str],
    platforms: Sequence[str],
) -> tuple[str, ...]:
    """Return the compatible tags, best first, of Python ``version`` of an implementation.

    ``implementation`` is ``sys.implementation.name``; ``abis`` and ``platforms`` come best first too.
    """
    from packaging.tags import INTERPRETER_SHORT_NAMES, compatible_tags, cpython_tags, generic_tags

    short = INTERPRETER_SHORT_NAMES.get(implementation, implementation)
    own: Iterable[Tag]

    if short == "cp":
        own = cpython_tags(version, abis, platforms)
        common_name: str | None = f"cp{version[0]}{version[1]}"
    else:
        own = generic_tags(f"{short}{version[0]}{version[1]}", abis, platforms)
        common_name = "pp3" if short == "pp" else None

    common = compatible_tags(version, common_name, platforms)

    return tuple(dict.fromkeys(str(tag) for tags in (own, common) for tag in tags))


def platforms_of(tags: Iterable[str]) -> list[str]:
    """Return the platform tags within ``tags``, best first, without ``any``."""
    platforms = dict.fromkeys(tag.rsplit("-", 1)[1] for tag in tags)
    platforms.pop("any", None)

    return list(platforms)
