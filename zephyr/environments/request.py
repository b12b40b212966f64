"""What ``--python`` and ``.python-version`` can ask for: a version, an executable's name, or a path."""

from __future__ import annotations

import os

from zephyr.dataclass import dataclass
from zephyr.environments.errors import InvalidPythonRequest

TYPE_CHECKING = False

if TYPE_CHECKING:
    import re

    from packaging.specifiers import SpecifierSet

    from zephyr.model.interpreter import Interpreter

IMPLEMENTATIONS = {"cpython": "cpython", "cp": "cpython", "pypy": "pypy", "pp": "pypy", "graalpy": "graalpy"}
# Matched where somebody asks: most commands are about the environment that is there.
VERSION_REQUEST = (
    r"(?P<implementation>cpython|cp|pypy|pp|graalpy)?[@-]?"
    r"(?P<version>\d+(\.\d+){0,2}((a|b|rc)\d+)?)?"
    r"(?P<free_threaded>t|\+freethreaded)?"
)
PROGRAMS = ("python", "pypy", "graalpy")
EXECUTABLE_NAME = rf"(?P<name>{'|'.join(PROGRAMS)})(?P<version>\d+(\.\d+)?)?(?P<free_threaded>t)?(\.exe)?"


@dataclass(frozen=True, slots=True)
class VersionRequest:
    """Any interpreter of a version: ``3.12``, ``>=3.11,<3.13``, ``3.14t``, ``pypy``."""

    specifier: SpecifierSet | None = None
    """None for any version that is no pre-release."""
    implementation: str | None = None
    """``sys.implementation.name``, None for any."""
    free_threaded: bool | None = None
    """None for any; a plain ``3.14`` asks for a build with the lock, ``3.14t`` for one without."""

    def admits(self, interpreter: Interpreter, *, prereleases: bool = False) -> bool:
        """Return whether ``interpreter`` is one that is asked for."""
        return (
            self.implementation in {None, interpreter.implementation}
            and self.free_threaded in {None, interpreter.free_threaded}
            and self._admits_version(interpreter.version, prereleases=prereleases)
        )

    def _admits_version(self, version: str, *, prereleases: bool) -> bool:
        if self.specifier is None and version.replace(".", "").isdecimal():
            return True

        from packaging.specifiers import SpecifierSet

        specifier = self.specifier if self.specifier is not None else SpecifierSet()

        return specifier.contains(version, prereleases=prereleases or bool(specifier.prereleases))


@dataclass(frozen=True, slots=True)
class NameRequest:
    """The first executable of a name on PATH: ``python3.11``."""

    name: str
    otherwise: VersionRequest | None = None
    """The version that the name speaks of, for a Python that is not on PATH."""


@dataclass(frozen=True, slots=True)
class PathRequest:
    """The executable at a path, or the one of the environment or installation in a folder."""

    path: str


Request = VersionRequest | NameRequest | PathRequest


def parse_request(text: str, folder: str, *, origin: str = "--python") -> Request:
    """Return what ``text`` asks for; ``folder`` is what a relative path starts from.

    Raises:
        InvalidPythonRequest: it is of no known form; ``origin`` says where it was written.

    """
    text = text.strip()

    if text.startswith("~"):
        text = os.path.expanduser(text)

    path = os.path.normpath(os.path.join(folder, text))

    if "/" in text or os.sep in text or text in {".", ".."} or (text and os.path.isdir(path)):
        return PathRequest(path)

    if text[:1] in {"<", ">", "=", "!", "~"}:
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        try:
            return VersionRequest(SpecifierSet(text))
        except InvalidSpecifier:
            raise _invalid(text, origin) from None

    import re

    if text and (found := re.fullmatch(VERSION_REQUEST, text)):
        return _version_request(found)

    if not re.fullmatch(r"[A-Za-z][\w.+-]*", text):
        raise _invalid(text, origin)

    named = re.fullmatch(EXECUTABLE_NAME, text)

    return NameRequest(text, _version_request(named) if named and named["version"] else None)


def version_in_name(name: str) -> str | None:
    """Return the version that an executable's name speaks of (``3.11``, ``3``, may be empty).

    None when ``name`` is no interpreter's.
    """
    program = name.removesuffix(".exe")
    kind = next((kind for kind in PROGRAMS if program.startswith(kind)), None)

    if kind is None:
        return None

    version = program[len(kind) :].removesuffix("t")
    parts = version.split(".") if version else []

    return version if len(parts) <= 2 and all(part.isdecimal() for part in parts) else None


def _version_request(found: re.Match[str]) -> VersionRequest:
    import re

    groups = found.groupdict()
    version = groups["version"] or ""

    # cp312 and 312: the digits of wheel tags.
    if re.fullmatch(r"3\d{1,2}", version):
        version = f"3.{version[1:]}"

    is_whole = version.count(".") == 2 or re.search(r"[a-z]", version)
    specifier = _specifier(f"=={version}" if is_whole else f"=={version}.*") if version else None
    name = groups.get("implementation") or ""

    return VersionRequest(specifier, IMPLEMENTATIONS.get(name), bool(groups["free_threaded"]))


def _specifier(text: str) -> SpecifierSet:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(text)


def _invalid(text: str, origin: str) -> InvalidPythonRequest:
    return InvalidPythonRequest(
        f"{origin} {text!r} asks for no Python that Zephyr understands",
        hint="Give a version (3.12), a range (>=3.11,<3.13), an executable's name or a path.",
    )
