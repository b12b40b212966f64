"""The ``[tool.zephyr.sources]`` table: where single packages come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from packaging.markers import InvalidMarker, Marker
from packaging.utils import InvalidName, canonicalize_name

from zephyr.dataclass import dataclass
from zephyr.project.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

    from packaging.utils import NormalizedName

    from zephyr.project.fields import Fields


@dataclass(frozen=True, slots=True)
class IndexSource:
    """The package comes from one index, by the name of the index."""

    index: str
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class PathSource:
    """A folder or an archive."""

    path: str
    """As stated: relative to the root of the project, or absolute."""
    editable: bool = False
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class GitSource:
    """A repository."""

    url: str
    """Without ``git+``."""
    revision: str | None = None
    """A branch, a tag or a commit."""
    subdirectory: str | None = None
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class UrlSource:
    """An archive at an address."""

    url: str
    subdirectory: str | None = None
    marker: str | None = None


Source: TypeAlias = IndexSource | PathSource | GitSource | UrlSource

_KINDS = ("index", "path", "git", "url")
_REVISIONS = ("rev", "tag", "branch")


def read_sources(fields: Fields, indexes: Collection[str]) -> dict[NormalizedName, tuple[Source, ...]]:
    """Return the sources by package; ``indexes`` are the names that an index source may have.

    Several sources of one package need a marker each. Raises the error of the reading.
    """
    sources: dict[NormalizedName, tuple[Source, ...]] = {}

    for key in fields.names():
        try:
            name = canonicalize_name(key, validate=True)
        except InvalidName as error:
            raise fields.error(key, f"{key!r} in {fields.name} is not the name of a package") from error

        if name in sources:
            raise fields.error(key, f"{fields.name} has two sources for {name}")

        sources[name] = _sources(fields, key, indexes)

    return sources


def _sources(fields: Fields, key: str, indexes: Collection[str]) -> tuple[Source, ...]:
    value = fields.value(key)

    if not isinstance(value, list):
        return (_source(fields.nested(key, value), indexes),)

    items = fields.items(key) or ()
    found = tuple(_source(fields.nested(key, item, number), indexes) for number, item in enumerate(items, 1))

    if not found or (len(found) > 1 and any(source.marker is None for source in found)):
        raise fields.error(
            key,
            f"{key} in {fields.name} lists sources that nothing tells apart",
            hint="Give each of them a marker; no two of the markers may be true together.",
        )

    return found


def _source(fields: Fields, indexes: Collection[str]) -> Source:
    kinds = [kind for kind in _KINDS if kind in fields]

    if len(kinds) != 1:
        said = " and ".join(kinds) or "none of them"
        raise fields.error("sources", f"{fields.name} must have one of {', '.join(_KINDS)}; it has {said}")

    marker = _marker(fields)
    source: Source

    match kinds[0]:
        case "index":
            source = IndexSource(_known_index(fields, indexes), marker)
        case "path":
            source = PathSource(fields.required("path"), bool(fields.flag("editable")), marker)
        case "git":
            source = GitSource(
                _address(fields, "git"), _revision(fields), fields.text("subdirectory"), marker
            )
        case _:
            source = UrlSource(_address(fields, "url"), fields.text("subdirectory"), marker)

    fields.warn_of_unknown_keys()

    return source


def _known_index(fields: Fields, indexes: Collection[str]) -> str:
    name = fields.required("index")

    if name in indexes:
        return name

    raise fields.error(
        name,
        f"{fields.name} names the index {name!r}, which is not declared",
        hint=nearest(name, indexes) or "Declare it with [[tool.zephyr.index]], with name and url.",
    )


def _marker(fields: Fields) -> str | None:
    text = fields.text("marker")

    try:
        return None if text is None else str(Marker(text))
    except (InvalidMarker, RecursionError) as error:
        raise fields.invalid("marker", "an environment marker (PEP 508)", text) from error


def _revision(fields: Fields) -> str | None:
    given = [kind for kind in _REVISIONS if kind in fields]

    if len(given) > 1:
        raise fields.error(given[1], f"{fields.name} names a revision twice: by {' and '.join(given)}")

    revisions = [fields.required(kind) if kind in given else fields.text(kind) for kind in _REVISIONS]

    return next(filter(None, revisions), None)


def _address(fields: Fields, key: str) -> str:
    address = fields.required(key).removeprefix("git+" if key == "git" else "")

    try:
        urlsplit(address)
        has_scheme = "://" in address
    except ValueError:
        has_scheme = False

    if not has_scheme:
        raise fields.invalid(key, "an address with its scheme (https://…)", address)

    return address
