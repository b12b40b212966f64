"""What texts mean, remembered: requirements of users, specifiers, markers, Requires-Python, tags of wheels.

``packaging`` gives every text its meaning, once. Most of what a resolve asks was asked in the run before,
so it is kept by the text, in one pack for each target, and a run that meets nothing new parses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zephyr.model.packs import pack, unpack
from zephyr_cache.digest import sha256

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zephyr.metadata.packs import PackStore

_MOST = 50_000
"""So many texts are kept; with more of them those of the last run alone."""


class Named(NamedTuple):
    """What a specifier set names."""

    exact: tuple[str, ...]
    """The clauses that pin a version, ``==1.0`` or ``===1.0``."""
    pre_release: bool
    """Whether a clause asks for a pre-release."""


class Meanings:
    """Five tables by text, each added to by whoever finds out what a text means for the target."""

    def __init__(self, store: PackStore | None = None, key: str = "") -> None:
        """Begin with what ``store`` has under ``key``, see `key_of`."""
        data = store.read(key) if store is not None else None
        known: Any = unpack(data) if data is not None else None
        self._store = store
        self.key = key
        self._known: tuple[dict[Any, Any], ...] = known if known is not None else ({}, {}, {}, {}, {})
        self._tables = tuple(dict(table) for table in self._known)
        roots, specifiers, markers, pythons, ranks = self._tables
        self.roots: dict[str, tuple[Any, ...]] = roots
        """Requirement of a user to its fields, as `zephyr.metadata.requirements.Requirement` has them."""
        self.specifiers: dict[str, tuple[tuple[str, ...], bool]] = specifiers
        """Specifier set to `Named`."""
        self.markers: dict[tuple[str, str], bool] = markers
        """Marker and extra to whether the one holds with the other."""
        self.pythons: dict[str, bool] = pythons
        """Requires-Python to whether it admits the target's."""
        self.ranks: dict[str, int | None] = ranks
        """Tag of a wheel to how good it is (0 is best), None where it does not fit."""

    def named(self, specifier: str) -> Named:
        """Return what a specifier set names."""
        found = self.specifiers.get(specifier)

        if found is None:
            found = self.specifiers[specifier] = _named(specifier)

        return Named(*found)

    def save(self) -> None:
        """Keep what was found out. Blocking."""
        tables = self._tables
        grown = sum(map(len, tables)) > sum(map(len, self._known))

        if self._store is None or not grown:
            return

        if sum(map(len, tables)) > _MOST:
            tables = tuple(
                {text: meaning for text, meaning in table.items() if text not in known}
                for table, known in zip(tables, self._known, strict=True)
            )

        self._store.write(self.key, pack(tables))


def key_of(version: str, markers: Mapping[str, str], tags: Sequence[str]) -> str:
    """Return the key of a target's meanings; no project has such a name."""
    said = "\n".join((version, *(f"{name}={value}" for name, value in sorted(markers.items())), *tags))

    return f"target {sha256(said.encode()).hex()}"


def _named(specifier: str) -> tuple[tuple[str, ...], bool]:
    if not specifier:
        return (), False

    from packaging.specifiers import SpecifierSet

    clauses = list(SpecifierSet(specifier))
    exact = (
        clause
        for clause in clauses
        if clause.operator == "===" or (clause.operator == "==" and not clause.version.endswith(".*"))
    )

    return (
        tuple(map(str, exact)),
        any(clause.operator != "!=" and clause.prereleases is True for clause in clauses),
    )
