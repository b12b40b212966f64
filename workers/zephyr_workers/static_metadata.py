"""What a source says of itself without being built, where the standards let us believe it.

PKG-INFO of a source distribution (PEP 643), else the ``[project]`` table (PEP 621); a field that is
also ``dynamic`` (PEP 808) is not believed. And the ``[build-system]`` table (PEP 517, PEP 518).
"""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING, Any, cast

from packaging.markers import Marker
from packaging.metadata import RawMetadata, parse_email
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from zephyr_workers.project_folder import check_project
from zephyr_workers.source_errors import InvalidSource
from zephyr_workers.wheel_errors import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr_workers.sources import SourceTree

_LARGEST = 10 << 20
_TRUSTED_FROM = Version("2.2")
_RESOLVED_FROM = frozenset({"name", "version", "requires-dist", "requires-python", "provides-extra"})
_PROJECT_FIELDS = frozenset({"name", "version", "dependencies", "optional-dependencies", "requires-python"})


def static_metadata(source: SourceTree) -> bytes | None:
    """Return METADATA that holds for every wheel built from ``source``; None when it must be built.

    Blocking. Raises `NoProject`; `InvalidSource` when the source is another project or version than it
    was announced as (``source-metadata-mismatch``) or its pyproject.toml is none.
    """
    check_project(source.folder, source.shown)

    if source.version is not None:  # a source distribution: elsewhere PKG-INFO may be left from before
        data = _read(source, "PKG-INFO")

        if data is not None and (found := _from_pkg_info(source, data)) is not None:
            return found

    return _from_project(source, _pyproject(source))


def has_recent_metadata(folder: str) -> bool:
    """Whether ``folder`` has PKG-INFO of version 2.2 or later (PEP 643). Blocking; raises `InvalidSource`."""
    data = _read_file(os.path.join(folder, "PKG-INFO"))

    return data is not None and _is_recent(parse_email(data)[0])


def _is_recent(raw: RawMetadata) -> bool:
    try:
        return Version(raw.get("metadata_version", "")) >= _TRUSTED_FROM
    except InvalidVersion:
        return False


def _read(source: SourceTree, name: str) -> bytes | None:
    try:
        return _read_file(os.path.join(source.folder, name))
    except InvalidSource as error:
        raise error.named(source.shown) from None


def _read_file(path: str) -> bytes | None:
    if not os.path.isfile(path):
        return None

    with open(path, "rb") as stream:
        data = stream.read(_LARGEST + 1)

    if len(data) > _LARGEST:
        raise InvalidSource("source-too-large", f"{os.path.basename(path)} has more than {_LARGEST} bytes")

    return data


def _pyproject(source: SourceTree) -> dict[str, Any]:
    data = _read(source, "pyproject.toml")

    try:
        return tomllib.loads((data or b"").decode())
    except (ValueError, RecursionError) as error:
        raise _broken(source, visible(str(error)).rstrip(".")) from error


def _broken(source: SourceTree, reason: str) -> InvalidSource:
    return InvalidSource(
        "source-pyproject-invalid", f"its pyproject.toml is wrong: {reason}", source=source.shown
    )


def _check_identity(source: SourceTree, name: str, version: str | None, where: str) -> None:
    """Refuse another project than the announced one, before any of its code runs."""
    if source.name is not None and canonicalize_name(name) != source.name:
        raise _mismatch(source, f"{where} names the project {visible(name)!r}")

    if source.version is None or version is None:
        return

    try:
        agrees = Version(version) == source.version
    except ValueError:
        agrees = False

    if not agrees:
        raise _mismatch(source, f"{where} gives the version {visible(version)!r}")


def _mismatch(source: SourceTree, reason: str) -> InvalidSource:
    return InvalidSource("source-metadata-mismatch", reason, source=source.shown)


def _from_pkg_info(source: SourceTree, data: bytes) -> bytes | None:
    raw, _ = parse_email(data)
    _check_identity(source, raw.get("name", ""), raw.get("version", ""), "PKG-INFO")
    dynamic = {field.strip().lower() for field in raw.get("dynamic", [])}

    try:
        _understand(raw)
    except (ValueError, RecursionError):
        return None

    return data if _is_recent(raw) and not dynamic & _RESOLVED_FROM else None


def _understand(raw: RawMetadata) -> None:
    for text in raw.get("requires_dist", []):
        Requirement(text)

    SpecifierSet(raw.get("requires_python", ""))


def _from_project(source: SourceTree, document: dict[str, Any]) -> bytes | None:
    project = document.get("project")

    if not isinstance(project, dict):
        return None

    fields = cast("dict[str, Any]", project)
    dynamic = fields.get("dynamic", [])
    name, version = fields.get("name"), fields.get("version")

    if not isinstance(name, str) or not isinstance(dynamic, list):
        return None

    _check_identity(source, name, version if isinstance(version, str) else None, "pyproject.toml")

    if not isinstance(version, str) or any(
        field in _PROJECT_FIELDS for field in cast("list[object]", dynamic)
    ):
        return None

    try:
        return "\n".join([*_lines(fields, name, version), "", ""]).encode()
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None  # its backend says best what is wrong with the table


def _lines(project: dict[str, Any], name: str, version: str) -> Iterator[str]:
    canonicalize_name(name, validate=True)
    yield from ("Metadata-Version: 2.3", f"Name: {name}", f"Version: {Version(version)}")

    if "requires-python" in project:
        yield f"Requires-Python: {SpecifierSet(project['requires-python'])}"

    for text in project.get("dependencies", []):
        yield f"Requires-Dist: {Requirement(text)}"

    for given, texts in project.get("optional-dependencies", {}).items():
        extra = canonicalize_name(given, validate=True)
        yield f"Provides-Extra: {extra}"

        for text in texts:
            requirement = Requirement(text)
            own = f"({requirement.marker}) and " if requirement.marker else ""
            requirement.marker = Marker(f'{own}extra == "{extra}"')
            yield f"Requires-Dist: {requirement}"
