"""Where packages come from: indexes in the order in which they are asked."""

from __future__ import annotations

from enum import Enum

from zephyr.dataclass import dataclass


class IndexStrategy(Enum):
    """What happens with a name that several indexes know."""

    FIRST_INDEX = "first-index"
    """The first index that knows it wins: the defence against dependency confusion."""
    UNSAFE_BEST_MATCH = "unsafe-best-match"
    """All files of all indexes are candidates, as in pip."""


@dataclass(frozen=True, slots=True)
class Index:
    """One Simple API root (PEP 503/691): ``http(s)://host/path/`` or ``file:///folder/``."""

    url: str
    """May hold credentials: never print it, print `shown`."""
    name: str | None = None
    """Given by ``--index NAME=URL``; selects ``ZEPHYR_INDEX_<NAME>_USERNAME/_PASSWORD``."""
    explicit: bool = False
    """Asked only for the projects that are said to come from it."""

    @property
    def shown(self) -> str:
        """The name, or the URL with any credentials left out."""
        return self.name or without_credentials(self.url)


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything a name is looked up in."""

    indexes: tuple[Index, ...] = ()
    """In the order asked: extra ones first, then ``--index-url``."""
    find_links: tuple[str, ...] = ()
    """Folders, ``file:`` URLs or pages with links to archives; they join whatever an index offers."""
    strategy: IndexStrategy = IndexStrategy.FIRST_INDEX

    @property
    def usual(self) -> tuple[Index, ...]:
        """The indexes that are asked for any project, in order."""
        return tuple(index for index in self.indexes if not index.explicit)

    def named(self, name: str) -> tuple[Index, ...]:
        """Return the index of that name, nothing where there is none."""
        return tuple(index for index in self.indexes if index.name == name)


def without_credentials(url: str) -> str:
    """Return ``url`` with its user name and password removed: safe to print and to send elsewhere."""
    scheme, separator, rest = url.partition("://")

    if not separator:
        return url

    authority, slash, path = rest.partition("/")

    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"
