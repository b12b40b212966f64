"""METADATA documents: the few fields of the core metadata that a resolve needs.

Name, Version, Requires-Dist, Requires-Python, Provides-Extra and Metadata-Version. The requirement lines stay
text until they are asked for, because most documents are read for one extra or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.metadata.requirements import only_extra
from zephyr.model.filenames import parse_version
from zephyr.model.headers import headers_in, split, unfolded
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName
    from packaging.version import Version

_FIELDS = ("metadata-version", "name", "version", "requires-dist", "requires-python", "provides-extra")


class UnusableDocument(Exception):
    """Raised for a document that cannot be believed; the text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One METADATA document, as far as dependencies go; equal to itself alone, as one that was read once."""

    requires_python: str | None
    extras: frozenset[NormalizedName]
    """Declared by Provides-Extra or mentioned by a requirement."""
    lines: tuple[str, ...]
    """Requires-Dist values that may hold whatever extra is asked for."""
    extra_lines: dict[NormalizedName, tuple[str, ...]]
    """Requires-Dist values that need one certain extra."""


def read_document(raw: bytes, name: NormalizedName, version: Version) -> Document:
    """Read the METADATA of ``name`` ``version``.

    Raises `UnusableDocument` for another project's or version's document, and for a major format
    version that is not known.
    """
    fields = _fields(raw)
    _check_identity(fields, name, version)
    extras = frozenset(canonicalize_name(extra) for extra in fields["provides-extra"])

    return _document(next(iter(fields["requires-python"]), None), extras, fields["requires-dist"])


def _document(
    requires_python: str | None, extras: frozenset[NormalizedName], requires: Iterable[str]
) -> Document:
    lines: list[str] = []
    extra_lines: dict[NormalizedName, list[str]] = {}

    for line in requires:
        extra = only_extra(line)

        if extra is None:
            lines.append(line)
        else:
            extra_lines.setdefault(extra, []).append(line)

    by_extra = {extra: tuple(lines) for extra, lines in extra_lines.items()}

    return Document(requires_python, extras | extra_lines.keys(), tuple(lines), by_extra)


def _fields(raw: bytes) -> dict[str, list[str]]:
    """Return the values of the fields in use by lower-case name, folded lines joined."""
    found: dict[str, list[str]] = {field: [] for field in _FIELDS}

    for name, value in headers_in(split(raw)[0]):
        if name in found:
            found[name].append(unfolded(value))

    return found


def _check_identity(fields: dict[str, list[str]], name: NormalizedName, version: Version) -> None:
    said = next(iter(fields["metadata-version"]), None)

    if said is not None and said.partition(".")[0].isdigit() and int(said.partition(".")[0][:9]) > 2:
        raise UnusableDocument(f"Metadata-Version {said[:40]} is not known, only 1 and 2 are")

    for field in ("name", "version"):
        if len(fields[field]) != 1:
            raise UnusableDocument(f"{len(fields[field])} {field.capitalize()} fields instead of one")

    if canonicalize_name(fields["name"][0]) != name:
        raise UnusableDocument(f"it is the metadata of {fields['name'][0][:200]}")

    if parse_version(fields["version"][0]) != version:
        raise UnusableDocument(f"it is the metadata of version {fields['version'][0][:200]}")
