"""The indexes and mirrors of ``[tool.zephyr]``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zephyr.project.tool import DeclaredIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.project.fields import Fields

_SCHEMES = frozenset({"https", "http", "file"})


def read_indexes(fields: Fields) -> tuple[DeclaredIndex, ...]:
    """Return every ``[[tool.zephyr.index]]``; raise the error of the reading."""
    found: list[DeclaredIndex] = []

    for number, item in enumerate(fields.items("index", "a list of tables ([[tool.zephyr.index]])") or (), 1):
        entry = fields.nested("index", item, number)
        index = DeclaredIndex(
            url=_url(entry, "url", entry.required("url")),
            name=entry.text("name"),
            explicit=bool(entry.flag("explicit")),
            default=bool(entry.flag("default")),
        )
        entry.warn_of_unknown_keys()
        _check_index(entry, index, found)
        found.append(index)

    return tuple(found)


def read_mirrors(fields: Fields) -> dict[str, str]:
    """Return the ``mirror`` table: URLs of indexes to those asked instead; raise the error of the reading."""
    entries = fields.table("mirror")

    if entries is None:
        return {}

    return {
        _url(entries, "the key", url): _url(entries, url, entries.required(url)) for url in entries.names()
    }


def _check_index(entry: Fields, index: DeclaredIndex, others: Iterable[DeclaredIndex]) -> None:
    if index.explicit and not index.name:
        raise entry.error("explicit", f"{entry.name} is explicit and has no name, so nothing can ask it")

    if index.explicit and index.default:
        raise entry.error("default", f"{entry.name} cannot be explicit and the default index too")

    for other in others:
        if index.name is not None and index.name == other.name:
            raise entry.error(index.name, f"two indexes in [tool.zephyr] are called {index.name!r}")

        if index.default and other.default:
            raise entry.error("default", "two indexes in [tool.zephyr] are the default one")


def _url(fields: Fields, key: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname or parts.scheme == "file")
    except ValueError:
        usable = False

    if not usable:
        raise fields.invalid(key, "the URL of an index (https://…)", url)

    return url
