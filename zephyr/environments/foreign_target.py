"""Another platform than the one here, as ``--platform``, ``--implementation`` and ``--abi`` describe it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, replace
from zephyr.environments.derivation import for_python_version, version_pair
from zephyr.environments.errors import InvalidPythonRequest
from zephyr.environments.tags import cpython_abis, platforms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zephyr.model.interpreter import Interpreter

APPLE = re.compile(r"(macosx|ios)_(\d+)_(\d+)_(.+)")
ANDROID = re.compile(r"android_(\d+)_(.+)")
OLDER_MANYLINUX = {
    "manylinux2014": ("manylinux2010", "manylinux1"),
    "manylinux2010": ("manylinux1",),
}
"""What platforms of these names also load (PEP 571 and 599)."""
OLD_MACHINES = frozenset({"i686", "x86_64"})
"""What the older ones exist for."""


@dataclass(frozen=True, slots=True)
class ForeignTarget:
    """What the command line says of the Python that files are chosen for; what is not given is as here."""

    platforms: tuple[str, ...] = ()
    """Platform tags, best first."""
    python_version: str | None = None
    """``3``, ``37``, ``3.7`` or ``3.7.3``."""
    implementation: str | None = None
    """``cp``, ``pp``…; ``py`` for wheels of no implementation."""
    abis: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.platforms or self.python_version or self.implementation or self.abis)

    @property
    def shown(self) -> str:
        """What was given, as pip's ``debug`` shows it."""
        given = (
            ("platforms", list(self.platforms) or None),
            ("version_info", dotted_version(self.python_version) if self.python_version else None),
            ("abis", list(self.abis) or None),
            ("implementation", self.implementation),
        )

        return " ".join(f"{name}={value!r}" for name, value in given if value is not None)


def dotted_version(text: str) -> str:
    """Return a version as pip understands it with dots: ``37`` is ``3.7``, ``3`` stays as it is.

    Raises `InvalidPythonRequest` for what is no version of up to three parts.
    """
    if not re.fullmatch(r"\d+(\.\d+){0,2}", text):
        raise InvalidPythonRequest(
            f"invalid --python-version value: {text!r}: each version part must be an integer, at most three",
            hint="Give it as 3, 37, 3.7 or 3.7.3.",
        )

    return text if "." in text or len(text) == 1 else f"{text[0]}.{text[1:]}"


def foreign(interpreter: Interpreter, target: ForeignTarget) -> Interpreter:
    """Return the facts of what ``target`` describes, as far as choosing files goes.

    Tags are those of the target. Markers follow ``python_version`` alone: as in pip, what depends on the
    platform is judged by the one here. Raises `InvalidPythonRequest`.
    """
    if not target:
        return interpreter

    if target.python_version is not None:
        release = dotted_version(target.python_version)
        interpreter = for_python_version(interpreter, release if "." in release else f"{release}.0")

    return replace(interpreter, tags=_tags(interpreter, target))


def _tags(interpreter: Interpreter, target: ForeignTarget) -> tuple[str, ...]:
    from packaging.tags import INTERPRETER_SHORT_NAMES, compatible_tags, cpython_tags, generic_tags

    if not (target.platforms or target.implementation or target.abis):
        return interpreter.tags

    version = version_pair(interpreter.minor)
    own = INTERPRETER_SHORT_NAMES.get(interpreter.implementation, interpreter.implementation)
    short = target.implementation or own
    name = f"{short}{version[0]}{version[1]}"
    platforms = list(expanded(target.platforms)) or platforms_of(interpreter.tags)

    if short == "cp":
        first = cpython_tags(version, target.abis or cpython_abis(version), platforms)
    else:
        first = generic_tags(name, target.abis or ["none"], platforms)

    return tuple(
        dict.fromkeys(str(tag) for tags in (first, compatible_tags(version, name, platforms)) for tag in tags)
    )


def expanded(platforms: Iterable[str]) -> Iterator[str]:
    """Yield the platform tags whose wheels run on ``platforms``, best first, some perhaps twice.

    Apple and Android systems load what was made for older ones, and so do the manylinux of old names; of
    ``manylinux_2_28_x86_64`` just that is taken, as in pip.
    """
    from packaging.tags import android_platforms, ios_platforms, mac_platforms

    for platform in platforms:
        apple, android = APPLE.fullmatch(platform), ANDROID.fullmatch(platform)
        family, _, machine = platform.partition("_")

        if apple:
            known = mac_platforms if apple[1] == "macosx" else ios_platforms
            yield from known((int(apple[2]), int(apple[3])), apple[4])
        elif android:
            yield from android_platforms(int(android[1]), android[2])
        else:
            yield platform

            if machine in OLD_MACHINES:
                yield from (f"{older}_{machine}" for older in OLDER_MANYLINUX.get(family, ()))
