"""Whether a build gave what was asked for: the wheel by its name and tags, its metadata by what was promised.

Pure. The wheel's inside is judged by `zephyr_workers.unpack`, like that of any other wheel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import (
    InvalidWheelFilename,
    canonicalize_name,
    parse_wheel_filename,
)

from zephyr_workers.build_errors import InvalidBuildResult, MetadataChanged
from zephyr_workers.wheel_errors import visible

if TYPE_CHECKING:
    from collections.abc import Collection

    from zephyr_workers.sources import SourceTree

_HINT = "Ask for another version, or tell the project's authors."
_COMPARED = ("Name", "Version", "Requires-Python", "Requires-Dist", "Provides-Extra")
"""The fields that a resolution rests on."""


def check_wheel_name(filename: str, source: SourceTree, tags: Collection[str]) -> None:
    """Raise `InvalidBuildResult` unless ``filename`` is a wheel of ``source`` that fits one of ``tags``."""
    try:
        name, version, _build, found = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        raise InvalidBuildResult(
            f"The build of {source.shown} gave {visible(filename)!r}, which is no name of a wheel.",
            hint=_HINT,
        ) from error

    if source.name is not None and name != source.name:
        raise _differs(source, f"is of {name}, not of {source.name}")

    if source.version is not None and version.public != source.version.public:
        raise _differs(source, f"is of version {version}, not {source.version}")

    if not any(str(tag) in tags for tag in found):
        shown = ", ".join(sorted(str(tag) for tag in found))
        raise _differs(source, f"is for {shown}, which is not what it was built with")


def check_promise(promised: bytes, built: bytes, shown: str) -> None:
    """Raise `MetadataChanged` when METADATA of the wheel says otherwise than was said before the build.

    Compared are the fields that a resolution rests on; spelling, order and repetition do not count.
    """
    before, after = _fields(promised), _fields(built)

    for field in _COMPARED:
        if before[field] == after[field]:
            continue

        gone = sorted(before[field] - after[field]) or ["nothing"]
        come = sorted(after[field] - before[field]) or ["nothing"]
        raise MetadataChanged(
            f"The build of {shown} changed its {field}: {visible(', '.join(gone))} was promised, "
            f"{visible(', '.join(come))} was built.",
            hint=_HINT,
        )


def _differs(source: SourceTree, how: str) -> InvalidBuildResult:
    return InvalidBuildResult(f"The wheel that was built of {source.shown} {how}.", hint=_HINT)


def _fields(document: bytes) -> dict[str, frozenset[str]]:
    from packaging.metadata import parse_email

    raw, unparsed = parse_email(document)
    values: dict[str, list[str]] = {
        "Name": [canonicalize_name(raw.get("name", ""))],
        "Version": [raw.get("version", "")],
        "Requires-Python": [raw.get("requires_python", "")],
        "Requires-Dist": [_normal(line) for line in raw.get("requires_dist", [])],
        "Provides-Extra": [canonicalize_name(extra) for extra in raw.get("provides_extra", [])],
    }

    def unread(field: str) -> list[str]:
        return [str(value) for value in unparsed.get(field.lower(), [])]

    return {field: frozenset([*values[field], *unread(field)]) for field in _COMPARED}


def _normal(line: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return line

    requirement.name = canonicalize_name(requirement.name)

    return str(requirement)
