"""Reads ``[tool.zephyr]`` into a `ZephyrTable`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, cast, get_args

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, canonicalize_name

from zephyr.model.universal import Activation, ActivationKind
from zephyr.project.errors import CutOffInvalid, nearest
from zephyr.project.exclude_newer import parse_cut_off
from zephyr.project.index_table import read_indexes, read_mirrors
from zephyr.project.requirements import parsed
from zephyr.project.source_table import read_sources
from zephyr.project.tool import (
    EVERYTHING,
    Location,
    PreReleasePolicy,
    Resolution,
    TargetEntry,
    ZephyrTable,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from packaging.utils import NormalizedName

    from zephyr.project.fields import Fields


def read_tool(
    fields: Fields, extras: Collection[NormalizedName] | None, groups: Collection[NormalizedName]
) -> ZephyrTable:
    """Return the table; ``extras`` (None: not known yet) and ``groups`` are those that it may name.

    Raises the error of the reading, which names the key and what was expected; notes unknown keys.
    """
    indexes = read_indexes(fields)
    sources = fields.table("sources")
    environments = fields.table("environments")
    location = environments.choice("location", get_args(Location)) if environments else None
    table = ZephyrTable(
        indexes=indexes,
        sources=read_sources(sources, [index.name for index in indexes if index.name]) if sources else {},
        constraints=_requirements(fields, "constraints"),
        overrides=_requirements(fields, "overrides"),
        excludes=_names(fields, "excludes"),
        targets=tuple(_target(fields, *each) for each in enumerate(fields.items("targets") or (), 1)),
        conflicts=_conflicts(fields, extras, groups),
        pre_releases=cast(
            "PreReleasePolicy | None", fields.choice("pre-releases", get_args(PreReleasePolicy))
        ),
        exclude_newer=_exclude_newer(fields),
        resolution=cast("Resolution | None", fields.choice("resolution", get_args(Resolution))),
        default_groups=_default_groups(fields, groups),
        environment_location=cast("Location | None", location),
        mirrors=read_mirrors(fields),
        no_build=frozenset(_names(fields, "no-build", EVERYTHING)),
        no_binary=frozenset(_names(fields, "no-binary", EVERYTHING)),
        only_binary=frozenset(_names(fields, "only-binary", EVERYTHING)),
        package=fields.flag("package"),
    )

    for each in filter(None, (environments, fields)):
        each.warn_of_unknown_keys()

    return table


def _requirements(fields: Fields, key: str) -> tuple[str, ...]:
    return tuple(_requirement(fields, key, text) for text in fields.texts(key) or ())


def _requirement(fields: Fields, key: str, text: str) -> str:
    try:
        return str(parsed(text))
    except InvalidRequirement as error:
        raise fields.invalid(f"an entry of {key}", "a requirement (PEP 508)", text) from error


def _names(fields: Fields, key: str, *other_words: str) -> tuple[NormalizedName, ...]:
    return tuple(_name(fields, key, text, other_words) for text in fields.texts(key) or ())


def _name(fields: Fields, key: str, text: str, other_words: tuple[str, ...]) -> NormalizedName:
    if text in other_words:
        return cast("NormalizedName", text)

    try:
        return canonicalize_name(text, validate=True)
    except InvalidName as error:
        expected = " or ".join(("the name of a package", *other_words))
        raise fields.invalid(f"an entry of {key}", expected, text) from error


def _target(fields: Fields, number: int, item: object) -> TargetEntry:
    if isinstance(item, str):
        return TargetEntry(marker=_marker(fields, item))

    entry = fields.nested("targets", item, number)
    target = TargetEntry(entry.text("python"), entry.text("platform"))
    entry.warn_of_unknown_keys()

    if target == TargetEntry():
        raise entry.error("targets", f"{entry.name} must have python, platform, or both")

    try:
        SpecifierSet(target.python or "")
    except InvalidSpecifier as error:
        raise entry.invalid("python", 'a range of versions (">=3.11")', target.python) from error

    return target


def _marker(fields: Fields, text: str) -> str:
    try:
        return str(Marker(text))
    except (InvalidMarker, RecursionError) as error:
        raise fields.invalid("an entry of targets", "an environment marker or a table", text) from error


def _conflicts(
    fields: Fields, extras: Collection[NormalizedName] | None, groups: Collection[NormalizedName]
) -> tuple[tuple[Activation, ...], ...]:
    conflicts: list[tuple[Activation, ...]] = []

    for number, items in enumerate(fields.items("conflicts") or (), 1):
        if not isinstance(items, list):
            raise fields.invalid(f"entry {number} of conflicts", "a list of extras and groups", items)

        members = tuple(
            dict.fromkeys(
                _activation(fields.nested("conflicts", item, number), extras, groups)
                for item in cast("list[object]", items)
            )
        )

        if len(members) < 2:
            raise fields.error(
                "conflicts", f"entry {number} of conflicts in {fields.name} needs two extras or groups"
            )

        conflicts.append(members)

    return tuple(conflicts)


def _activation(
    fields: Fields, extras: Collection[NormalizedName] | None, groups: Collection[NormalizedName]
) -> Activation:
    extra, group = fields.text("extra"), fields.text("group")
    fields.warn_of_unknown_keys()

    if extra and not group:
        return Activation(ActivationKind.EXTRA, _existing(fields, "extra", extra, extras))

    if group and not extra:
        return Activation(ActivationKind.GROUP, _existing(fields, "group", group, groups))

    raise fields.error("conflicts", f"{fields.name} must name one extra or one group in each table")


def _existing(
    fields: Fields, kind: str, spelling: str, known: Collection[NormalizedName] | None
) -> NormalizedName:
    name = canonicalize_name(spelling)

    if known is None or name in known:
        return name

    raise fields.error(
        spelling,
        f"{fields.name} names the {kind} {spelling!r}, which the project does not have",
        hint=nearest(name, known) or f"It has {', '.join(sorted(known)) or 'none'}.",
    )


def _default_groups(
    fields: Fields, groups: Collection[NormalizedName]
) -> tuple[NormalizedName, ...] | Literal["all"] | None:
    value = fields.value("default-groups")

    if value is None:
        return None

    if value == "all":
        return "all"

    if not isinstance(value, list):
        raise fields.invalid("default-groups", 'a list of groups or "all"', value)

    return tuple(_existing(fields, "group", name, groups) for name in fields.texts("default-groups") or ())


def _exclude_newer(fields: Fields) -> str | None:
    value = fields.value("exclude-newer")

    # TOML has dates of its own, and people leave the quotes out.
    text = value.isoformat() if isinstance(value, date) else fields.text("exclude-newer")

    try:
        if text is not None:
            parse_cut_off(text)
    except CutOffInvalid as error:
        raise fields.invalid("exclude-newer", "a date or an age", text, hint=error.hint) from error

    return text
