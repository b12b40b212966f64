"""Reads requirements and constraints files (pip's documented format) into frozen values.

A file may include others by path or URL, relative to itself, and its options count from where they
stand. Paths of requirements are looked for in the working folder first, as pip does, and then beside the
file that names them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin, urlsplit

from zephyr.dataclass import dataclass, field, replace
from zephyr.errors import UsageError
from zephyr.metadata.constraints import check_constraint
from zephyr.metadata.requirements_syntax import (
    Option,
    RequirementsFileInvalid,
    logical_lines,
    parse_line,
)
from zephyr.metadata.requirements_text import decoded
from zephyr.model.index import without_credentials
from zephyr.model.source_reference import SourceKind
from zephyr.model.source_words import names_a_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST_NESTED = 32
_MOST_FILES = 1_000
_LARGEST = 64 << 20
_REMOTE = ("http://", "https://")
_OF_A_REQUIREMENT = frozenset({"hash", "config-settings"})


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """One requirement as written, with where it stands."""

    text: str
    origin: str
    """``requirements.txt line 3``."""
    hashes: tuple[str, ...] = ()
    """``sha256:…`` values of its ``--hash`` options."""
    folder: str = "."
    """What relative paths in it are relative to."""
    editable: bool = False
    """Asked for with ``-e``."""
    config_settings: tuple[str, ...] = ()
    """``KEY=VALUE``, for the build of this one."""


@dataclass(frozen=True, slots=True)
class RequirementsFile:
    """Everything one file, with the files that it includes, asks for."""

    requirements: tuple[RequirementLine, ...] = ()
    constraints: tuple[RequirementLine, ...] = ()
    options: tuple[Option, ...] = ()
    """Those for the whole file, in the order in which they stand."""
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """What was ignored, in words."""

    def joined(self, other: RequirementsFile) -> RequirementsFile:
        """Return both files' contents, this one's first."""
        return merged((self, other))

    def values(self, option: str) -> tuple[str, ...]:
        """Return the values of an option in order; a flag that is given has an empty one."""
        return tuple(one.value for one in self.options if one.name == option)

    @property
    def has_hashes(self) -> bool:
        """Whether a hash is given for any requirement or constraint."""
        return any(line.hashes for line in (*self.requirements, *self.constraints))


def merged(files: Iterable[RequirementsFile]) -> RequirementsFile:
    """Return the contents of all ``files``, in order."""
    files = tuple(files)

    return RequirementsFile(
        tuple(line for file in files for line in file.requirements),
        tuple(line for file in files for line in file.constraints),
        tuple(option for file in files for option in file.options),
        tuple(warning for file in files for warning in file.warnings),
    )


class Fetch(Protocol):
    """Gets a file by its ``http(s)`` address."""

    def __call__(self, url: str, /) -> tuple[bytes, str | None]:
        """Return the bytes, and the character set that the server states. Raises `ZephyrError`."""
        ...


def read_requirements_file(
    path: str, environ: Mapping[str, str], *, constraint: bool = False, fetch: Fetch | None = None
) -> RequirementsFile:
    """Read ``path`` (a path, or an address: ``file:``, and with ``fetch`` ``http(s):``) and what it includes.

    With ``constraint`` its requirements become constraints. Raises `RequirementsFileInvalid` naming file
    and line for a file that cannot be read, a line that is not understood and files that include each
    other, and what ``fetch`` raises.
    """
    return _Reader(environ, fetch).read(path, (), constraint=constraint)


class _Reader:
    """One reading of a file and of all that it includes."""

    __slots__ = ("_environ", "_fetch", "_files")

    def __init__(self, environ: Mapping[str, str], fetch: Fetch | None) -> None:
        self._environ = environ
        self._fetch = fetch
        self._files = 0

    def read(self, path: str, chain: tuple[str, ...], *, constraint: bool) -> RequirementsFile:
        chain = _lengthened(chain, path)
        self._files += 1

        if self._files > _MOST_FILES:
            raise RequirementsFileInvalid(f"More than {_MOST_FILES} requirements files are included")

        shown = without_credentials(path)
        text, warnings = self._text(path, shown)
        lines = (
            self._line(line, f"{shown} line {number}", path, chain, constraint)
            for number, line in logical_lines(text, self._environ)
        )

        return merged((RequirementsFile(warnings=warnings), *lines))

    def _line(
        self, line: str, origin: str, path: str, chain: tuple[str, ...], constraint: bool
    ) -> RequirementsFile:
        text, options = parse_line(line, origin)
        editable = next((one.value for one in options if one.name == "editable"), None)

        if text or editable is not None:
            return _with_requirement(_requirement(text, editable, options, origin, path), options, constraint)

        return merged(self._option(option, origin, path, chain, constraint) for option in options)

    def _option(
        self, option: Option, origin: str, path: str, chain: tuple[str, ...], constraint: bool
    ) -> RequirementsFile:
        if option.name in {"requirement", "constraint"}:
            limits = constraint or option.name == "constraint"

            return self.read(_included(path, option.value), chain, constraint=limits)

        if option.name == "find-links":
            return RequirementsFile(options=(Option(option.name, _beside(path, option.value)),))

        if option.name in _OF_A_REQUIREMENT:
            return RequirementsFile(
                warnings=(f"{origin}: --{option.name} belongs to no requirement and is ignored",)
            )

        return RequirementsFile(options=(option,))

    def _text(self, path: str, shown: str) -> tuple[str, tuple[str, ...]]:
        if not path.lower().startswith(_REMOTE):
            return decoded(shown, _bytes(_local(path), shown))

        if self._fetch is None:
            raise RequirementsFileInvalid(
                f"{shown} is an address, and files are read from this machine here",
                hint="Download it and give the path.",
            )

        return decoded(shown, *self._fetch(path))


def _lengthened(chain: tuple[str, ...], path: str) -> tuple[str, ...]:
    real = path if path.lower().startswith(_REMOTE) else os.path.realpath(_local(path))
    whole = (*chain, real)

    if real in chain or len(chain) >= _MOST_NESTED:
        shown = " -> ".join(os.path.basename(without_credentials(item)) for item in whole)
        raise RequirementsFileInvalid(f"Requirements files include each other: {shown}")

    return whole


def _with_requirement(line: RequirementLine, options: Iterable[Option], constraint: bool) -> RequirementsFile:
    ignored = {option.name for option in options} - _OF_A_REQUIREMENT - {"editable"}
    warnings = tuple(
        f"{line.origin}: --{name} has no effect beside a requirement and is ignored"
        for name in sorted(ignored)
    )

    if not constraint:
        return RequirementsFile((line,), warnings=warnings)

    check_constraint(line)

    return RequirementsFile(constraints=(line,), warnings=warnings)


def _requirement(
    text: str, editable: str | None, options: Iterable[Option], origin: str, path: str
) -> RequirementLine:
    def given(name: str) -> tuple[str, ...]:
        return tuple(option.value for option in options if option.name == name)

    line = RequirementLine(
        text or editable or "",
        origin,
        () if editable is not None and not text else given("hash"),
        editable=not text,
        config_settings=given("config-settings"),
    )

    return replace(line, folder=_folder_of(line, path))


def _folder_of(line: RequirementLine, path: str) -> str:
    """Return what a place is relative to: the working folder where it is there, else the file's own."""
    if path.lower().startswith(_REMOTE) or not names_a_place(line.text, editable=line.editable):
        return "."

    from zephyr.model.source_syntax import parse_place

    folder = os.path.dirname(_local(path)) or "."

    try:
        reference = parse_place(line.text, line.origin, editable=line.editable)
    except UsageError:
        return folder  # whoever parses it again says what is wrong

    local = reference.kind in {SourceKind.LOCAL_FOLDER, SourceKind.LOCAL_ARCHIVE}

    return "." if local and os.path.exists(reference.path) else folder


def _included(path: str, value: str) -> str:
    """Return the path or address of a file that the one at ``path`` includes."""
    if "://" in path or path.startswith("file:"):
        return urljoin(path, value)

    if value.lower().startswith((*_REMOTE, "file:")):
        return value

    return os.path.join(os.path.dirname(path), value)


def _beside(path: str, value: str) -> str:
    """Return find-links as seen from the working folder: beside the file where they are there."""
    if "://" in value or path.lower().startswith(_REMOTE):
        return value

    beside = os.path.join(os.path.dirname(_local(path)), value)

    return beside if os.path.exists(beside) else value


def _local(path: str) -> str:
    if not path.lower().startswith("file:"):
        return path

    from urllib.request import url2pathname  # drags the network in

    return url2pathname(urlsplit(path).path)


def _bytes(path: str, shown: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) else error
        raise RequirementsFileInvalid(
            f"Cannot read the requirements file {shown}: {problem}",
            hint="Check the path; a relative one begins in the current folder.",
        ) from error

    if len(data) > _LARGEST:
        raise RequirementsFileInvalid(f"The requirements file {shown} has more than {_LARGEST >> 20} MiB")

    return data
