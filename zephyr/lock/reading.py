"""A lock file read and checked as a whole, before anything in it is used.

Any tool's lock is accepted that keeps to the standard (PEP 751) and to `zephyr.lock.checks`. A damaged one
is never taken for an empty one: an environment would be emptied.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from packaging.pylock import Pylock, PylockValidationError
from packaging.version import Version

from zephyr.dataclass import dataclass
from zephyr.lock.checks import refusals
from zephyr.lock.errors import InvalidLock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sized

LARGEST = 64 * 1024 * 1024
"""Bytes."""
MOST_PACKAGES = 100_000
_READ_VERSION = Version("1.0")
_READABLE_VERSION = re.compile(r"1(\.\d{1,9})?")
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( .*)?\r?$", re.MULTILINE)
_AT_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_PACKAGE = re.compile(r"^[ \t]*\[\[[ \t]*packages[ \t]*\]\]", re.MULTILINE)
_OF_FILE_NAME = re.compile(r"Invalid (wheel|sdist) filename|(Name|Version) in .+ is not consistent with")
"""What the library says of a file's name."""
_POSITION = re.compile(r"packages\[(\d+)\]")
_HINT = "Restore it from version control, or make it anew with zephyr lock."


@dataclass(frozen=True, slots=True)
class ReadLock:
    """A lock that may be used."""

    document: Pylock
    warnings: tuple[str, ...] = ()


def read_lock(path: str) -> ReadLock:
    """Read a lock file of this machine; raise `InvalidLock`."""
    try:
        with open(path, "rb") as file:
            text = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise InvalidLock(
            f"There is no lock file {path}", id="lock-missing", hint="Run zephyr lock to make it."
        ) from None
    except OSError as error:
        raise InvalidLock(
            f"{path} cannot be read: {error.strerror or error}", id="lock-unreadable"
        ) from error

    return parse_lock(text, path)


def parse_lock(text: bytes, origin: str, *, remote: bool = False) -> ReadLock:
    """Read the bytes of a lock; ``origin`` is what messages call it, ``remote`` is for a fetched one.

    Raises `InvalidLock`, whose message names the line where one is known.
    """
    content = _decoded(text, origin)
    data = _parsed(content, origin)
    version = _lock_version(data, origin)
    _check_packages(data, origin)
    document = _document(data, version, content, origin)
    _check_entries(document, content, origin, remote=remote)

    return ReadLock(document, _minor_warnings(version, origin))


def _decoded(text: bytes, origin: str) -> str:
    if len(text) > LARGEST:
        raise InvalidLock(
            f"{origin} is larger than {LARGEST // 1024**2} MiB, so it is no lock file", id="lock-too-large"
        )

    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise InvalidLock(
            f"{origin}, line {line}: not UTF-8, which TOML must be", id="lock-not-utf-8", hint=_HINT
        ) from None


def _parsed(content: str, origin: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content)
    except RecursionError:
        problem, where = "nested too deeply", ""
    except ValueError as error:
        problem, where = _syntax_problem(str(error))

    conflict = _CONFLICT.search(content)

    if conflict is not None:
        line = content.count("\n", 0, conflict.start()) + 1
        raise InvalidLock(
            f"{origin}, line {line}: a merge left its conflict markers here ({conflict[1]})",
            id="lock-conflict-markers",
            hint="Run zephyr lock: it takes over what both sides have.",
        ) from None

    raise InvalidLock(f"{origin}{where}: {problem}", id="lock-syntax", hint=_HINT) from None


def _syntax_problem(message: str) -> tuple[str, str]:
    """Return what is wrong and where, as `tomllib` tells it."""
    found = _AT_LINE.search(message)

    if found is None:
        return message.removesuffix(" (at end of document)")[:200], ""

    return message[: found.start()][:200], f", line {found[1]}, column {found[2]}"


def _lock_version(data: Mapping[str, Any], origin: str) -> Version:
    given: object = data.get("lock-version")

    if given is None:
        raise InvalidLock(f"{origin} has no lock-version, so it is no lock file", hint=_HINT)

    if not isinstance(given, str) or not _READABLE_VERSION.fullmatch(given):
        shown = f"{given[:40]!a}" if isinstance(given, str) else f"of type {type(given).__name__}"
        raise InvalidLock(
            f"{origin}: the lock-version is {shown}; this Zephyr reads 1.0",
            id="lock-version-unsupported",
            hint="Use a newer Zephyr, or remove the file and make it anew with zephyr lock.",
        )

    return Version(given)


def _minor_warnings(version: Version, origin: str) -> tuple[str, ...]:
    if version <= _READ_VERSION:
        return ()

    return (f"{origin} is of lock-version {version}; what is newer than 1.0 in it is not read.",)


def _check_packages(data: Mapping[str, Any], origin: str) -> None:
    packages: object = data.get("packages")

    if packages is None:
        raise InvalidLock(
            f"{origin} has no packages; a lock without any says so with an empty array",
            id="lock-packages-missing",
            hint=_HINT,
        )

    if isinstance(packages, list) and len(cast("Sized", packages)) > MOST_PACKAGES:
        raise InvalidLock(f"{origin} has more than {MOST_PACKAGES:,} packages", id="lock-too-large")


def _document(data: Mapping[str, Any], version: Version, content: str, origin: str) -> Pylock:
    try:
        # A later minor version is our own warning; the library would write one to the log.
        document = Pylock.from_dict({**data, "lock-version": str(_READ_VERSION)})
    except PylockValidationError as error:
        id_ = "lock-file-mismatch" if _OF_FILE_NAME.match(error.message) else "lock-invalid"
        raise _invalid(id_, error.context or "", error.message, content, origin) from None

    return replace(document, lock_version=version)


def _check_entries(document: Pylock, content: str, origin: str, *, remote: bool) -> None:
    for position, package in enumerate(document.packages):
        for refusal in refusals(package, remote=remote):
            context = f"packages[{position}].{refusal.key}"
            raise _invalid(refusal.id, context, f"{package.name}: {refusal.problem}", content, origin)


def _invalid(id: str, context: str, problem: str, content: str, origin: str) -> InvalidLock:  # noqa: A002
    position = _POSITION.match(context)
    line = _line_of_package(content, int(position[1])) if position else None
    where = f", line {line}" if line is not None else ""
    said = " ".join(problem.split())[:500]

    return InvalidLock(f"{origin}{where}: {said} ({context})", id=id, hint=_HINT)


def _line_of_package(content: str, position: int) -> int | None:
    """Return the line on which an entry begins; None where entries are not written in blocks."""
    found = next(islice(_PACKAGE.finditer(content), position, None), None)

    return content.count("\n", 0, found.start()) + 1 if found is not None else None
