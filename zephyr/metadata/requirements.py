"""Requirements (PEP 508) as frozen values: those of METADATA lines, and those of the user.

METADATA repeats the same few thousand lines over and over, so lines are parsed once and remembered
by their exact text. A line that cannot be understood, even repaired (see `zephyr.metadata.repairs`),
becomes an `UnusableLine`: the version that says it is then unusable, not the resolve.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from zephyr.dataclass import dataclass, values_of
from zephyr.errors import UsageError
from zephyr.metadata.repairs import repaired_specifier
from zephyr.model.index import without_credentials
from zephyr.model.names import canonicalize_name
from zephyr.model.source_words import names_a_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.requirements import Requirement as ParsedRequirement
    from packaging.utils import NormalizedName

    from zephyr.metadata.direct import DirectReference

COMMAND_LINE = "the command line"
"""The origin of what the user has just typed."""

_LONGEST_LINE = 16_384
_NAME_AND_SPECIFIER = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*\(?([^()@;]*)\)?"
)
_ONLY_EXTRA = re.compile(r"extra\s*==\s*(?:'([^']*)'|\"([^\"]*)\")")
_OR = re.compile(r"\bor\b")
_ABSURD_NUMBER = re.compile(r"\d{1000}")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: a name with what is asked of it."""

    name: NormalizedName
    specifier: str = ""
    """A PEP 440 specifier set in canonical order; empty admits everything."""
    extras: tuple[NormalizedName, ...] = ()
    """Sorted, without repetition."""
    marker: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""

        if self.url:
            return f"{self.name}{extras} @ {without_credentials(self.url)}"

        return f"{self.name}{extras}{self.specifier}"


@dataclass(frozen=True, slots=True)
class UnusableLine:
    """A line that means nothing, with the problem in words."""

    problem: str


LINES: dict[str, Requirement | UnusableLine] = {}
"""What lines mean that were asked for."""
ROWS: dict[str, tuple[Any, ...]] = {}
"""What lines mean that were parsed in earlier runs, see `row_of`."""
PARSED: set[str] = set()
"""The lines that were parsed in this run."""


@dataclass(frozen=True, slots=True)
class RootRequirement:
    """A requirement or a constraint of the user."""

    requirement: Requirement
    origin: str
    """`COMMAND_LINE`, ``requirements.txt line 3``."""
    hashes: frozenset[str] = frozenset()
    """``sha256:…`` values, one of which a file must have; empty for any file."""
    direct: DirectReference | None = None

    @property
    def label(self) -> str:
        """The requirement and where it stands, unless it was just typed."""
        if self.origin == COMMAND_LINE:
            return str(self.requirement)

        return f"{self.requirement} ({self.origin})"


class InvalidRootRequirement(UsageError):
    """Raised for a requirement of the user that cannot be understood."""

    id = "requirement-invalid"
    exit_code = 1  # as pip's


def parse_line(line: str) -> Requirement | UnusableLine:
    """Parse a Requires-Dist value, repairing its specifier where that is documented."""
    parsed = LINES.get(line)

    if parsed is None:
        row = ROWS.get(line)

        if row is None:
            PARSED.add(line)

        parsed = LINES[line] = _parse_line(line) if row is None else _of_row(row)

    return parsed


def row_of(line: str) -> tuple[Any, ...] | None:
    """Return what `parse_line` made of a line in plain values, None for one that it was never asked for."""
    parsed = LINES.get(line)

    if parsed is None:
        return ROWS.get(line)

    return values_of(parsed)


def remember_rows(rows: Mapping[str, tuple[Any, ...]]) -> None:
    """Take what lines meant in an earlier run, as `row_of` had it."""
    ROWS.update(rows)


def _of_row(row: tuple[Any, ...]) -> Requirement | UnusableLine:
    return UnusableLine(*row) if len(row) == 1 else Requirement(*row)


def _parse_line(line: str) -> Requirement | UnusableLine:
    if len(line) > _LONGEST_LINE:
        return UnusableLine(f"a requirement of {len(line)} characters")

    try:
        return _parsed(line, repair=True)
    except ValueError as error:
        first = str(error).splitlines()[0]

        return UnusableLine(f"{line[:200]!r} is not a requirement ({first})")


@lru_cache(maxsize=1 << 16)
def only_extra(line: str) -> NormalizedName | None:
    """Return the extra without which a Requires-Dist line has no effect, None where that is not plain.

    Found without parsing: the marker is a conjunction, and ``extra == "name"`` is part of it.
    """
    marker = line.partition(";")[2]
    found = _ONLY_EXTRA.search(marker)

    if found is None or _OR.search(marker):
        return None

    return canonicalize_name(found[1] or found[2] or "")


def parse_root(
    text: str,
    origin: str,
    *,
    hashes: tuple[str, ...] = (),
    folder: str = ".",
    known: dict[str, tuple[Any, ...]] | None = None,
) -> RootRequirement:
    """Parse what a user wrote: a PEP 508 requirement, or the path or URL of a wheel.

    ``folder`` is what a relative path is relative to. ``known`` has the fields of requirements that were
    parsed before, others are added (`zephyr.metadata.meanings`). Raises `InvalidRootRequirement`, what
    `parse_place` raises, and `SourceNotSupported` for whatever would have to be built.
    """
    if names_a_place(text):
        return _direct_root(text, origin, frozenset(hashes), folder)

    fields = known.get(text) if known is not None else None

    if fields is None:
        fields = values_of(_parsed_root(text, origin))

        if known is not None:
            known[text] = fields

    return RootRequirement(Requirement(*fields), origin, frozenset(hashes))


def _parsed_root(text: str, origin: str) -> Requirement:
    try:
        return _parsed(text, repair=False)
    except ValueError as error:
        raise InvalidRootRequirement(
            f"Cannot understand the requirement {without_credentials(text)!r} ({origin})",
            hint='Write it as in "name", "name>=1.2" or "name[extra]==1.2".',
            details=tuple(without_credentials(line) for line in str(error).splitlines()),
        ) from error


def _direct_root(text: str, origin: str, hashes: frozenset[str], folder: str) -> RootRequirement:
    from zephyr.metadata.direct import direct_reference
    from zephyr.model.source_syntax import parse_place

    reference = parse_place(text, origin, folder=folder)
    direct = direct_reference(reference, origin)

    if reference.name not in {None, direct.name}:
        raise InvalidRootRequirement(
            f"{reference.name} is asked for by a URL that is a wheel of {direct.name} ({origin})"
        )

    requirement = Requirement(direct.name, "", reference.extras, reference.marker, direct.url)

    return RootRequirement(requirement, origin, hashes, direct)


def _parsed(line: str, *, repair: bool) -> Requirement:
    """Parse with ``packaging``; raises ``ValueError``. Published lines are repaired, typed ones are not."""
    before, separator, marker = line.partition(";")

    if "@" in before:
        from packaging.requirements import Requirement as ParsedRequirement

        return _from_packaging(ParsedRequirement(line.strip()))

    marker = marker.strip()
    parsed = _parse_specifier(before.strip(), repair)

    if not separator:
        return parsed

    _check_marker(marker)

    return Requirement(parsed.name, parsed.specifier, parsed.extras, marker)


@lru_cache(maxsize=1 << 15)
def _parse_specifier(text: str, repair: bool) -> Requirement:
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as ParsedRequirement

    try:
        return _from_packaging(ParsedRequirement(text))
    except InvalidRequirement:
        parts = _NAME_AND_SPECIFIER.fullmatch(text)

        if parts is None or not repair:
            raise

        name, extras, specifier = parts.groups(default="")

        return _from_packaging(ParsedRequirement(f"{name}{extras} {repaired_specifier(specifier)}"))


@lru_cache(maxsize=1 << 12)
def _check_marker(marker: str) -> None:
    from packaging.markers import InvalidMarker, Marker

    try:
        Marker(marker)
    except InvalidMarker as error:
        raise ValueError(f"invalid marker {marker[:200]!r}") from error


def _from_packaging(parsed: ParsedRequirement) -> Requirement:
    if _ABSURD_NUMBER.search(str(parsed.specifier)):
        raise ValueError("a number of a thousand digits")

    return Requirement(
        canonicalize_name(parsed.name),
        str(parsed.specifier),
        _extras(parsed.extras),
        str(parsed.marker) if parsed.marker else None,
        parsed.url,
    )


def _extras(names: Iterable[str]) -> tuple[NormalizedName, ...]:
    return tuple(sorted({canonicalize_name(name) for name in names}))
