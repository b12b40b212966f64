"""The ``[dependency-groups]`` table (PEP 735), with includes resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from packaging.dependency_groups import DependencyGroupInclude, DependencyGroupResolver
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidName, canonicalize_name

from zephyr.model.source_address import redacted
from zephyr.project.errors import GroupInvalid, nearest
from zephyr.project.requirements import stated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from zephyr.project.fields import Fields
    from zephyr.project.requirements import ProjectRequirement


def read_groups(fields: Fields, file: str) -> dict[NormalizedName, tuple[ProjectRequirement, ...]]:
    """Return the requirements of every group, each once, with the group of ``file`` where it stands.

    Raises `GroupInvalid`: ``group-duplicate`` (two names are one when normalised), ``group-unknown`` (an
    include of a group that is not there), ``group-cycle``, and ``group-invalid`` for the rest.
    """
    groups = _Groups(fields, _lists(fields), file)

    return {name: groups.requirements((name,)) for name in groups.names}


def _lists(fields: Fields) -> dict[NormalizedName, tuple[object, ...]]:
    """Return the entries of every group by its normalised name."""
    lists: dict[NormalizedName, tuple[object, ...]] = {}
    spellings: dict[NormalizedName, str] = {}

    for spelling in fields.names():
        try:
            name = canonicalize_name(spelling, validate=True)
        except InvalidName as error:
            raise _invalid(fields, spelling, f"{spelling!r} is not a name for a group") from error

        if name in lists:
            both = f"{spellings[name]} and {spelling}"
            raise _invalid(fields, spelling, f"the groups {both} are both called {name}", "group-duplicate")

        lists[name] = fields.items(spelling) or ()
        spellings[name] = spelling

    return lists


class _Groups:
    """The walk along includes."""

    __slots__ = ("_fields", "_file", "_found", "_resolver", "names")

    def __init__(self, fields: Fields, lists: dict[NormalizedName, tuple[object, ...]], file: str) -> None:
        self.names = tuple(lists)
        self._fields = fields
        self._file = file
        self._resolver = DependencyGroupResolver(cast("Any", lists))
        self._found: dict[NormalizedName, tuple[ProjectRequirement, ...]] = {}

    def requirements(self, chain: tuple[NormalizedName, ...]) -> tuple[ProjectRequirement, ...]:
        """Return what the last group of ``chain`` holds; the others are those that led to it."""
        group = chain[-1]

        if group not in self._found:
            self._found[group] = tuple(dict.fromkeys(self._walk(chain)))

        return self._found[group]

    def _walk(self, chain: tuple[NormalizedName, ...]) -> Iterator[ProjectRequirement]:
        group = chain[-1]

        for item in self._entries(group):
            if isinstance(item, Requirement):
                yield stated(item, f"{self._file} [dependency-groups.{group}]")
            else:
                yield from self.requirements((*chain, self._included(item.include_group, chain)))

    def _included(self, spelling: str, chain: tuple[NormalizedName, ...]) -> NormalizedName:
        name = canonicalize_name(spelling)

        if name in chain:
            shown = " -> ".join((*chain[chain.index(name) :], name))
            raise _invalid(self._fields, chain[-1], f"groups include each other: {shown}", "group-cycle")

        if name not in self.names:
            raise _invalid(
                self._fields,
                spelling,
                f"the group {chain[-1]} includes {spelling!r}, and there is no such group",
                "group-unknown",
                nearest(name, self.names) or "Define it in [dependency-groups], or remove the include.",
            )

        return name

    def _entries(self, group: NormalizedName) -> tuple[Requirement | DependencyGroupInclude, ...]:
        try:
            return self._resolver.lookup(group)
        except RecursionError as error:
            first: Exception = error
        except ExceptionGroup as errors:
            first = errors.exceptions[0]

        said, *rest = str(first).splitlines()

        if isinstance(first, InvalidRequirement):
            text = rest[0].strip() if rest else ""
            message = f"the group {group} holds {redacted(text)!r}, which is not a requirement ({said})"
            raise _invalid(self._fields, text, message) from first

        raise _invalid(
            self._fields,
            group,
            f"the group {group} holds something else than requirements and includes",
            hint='Its entries are requirements like "name>=1.2" and { include-group = "other" }.',
        ) from first


def _invalid(
    fields: Fields,
    culprit: str,
    message: str,
    id: str | None = None,  # noqa: A002 - as in ZephyrError
    hint: str | None = None,
) -> GroupInvalid:
    return GroupInvalid(f"{fields.reading.document.place(culprit)}: {message}", hint=hint, id=id)
