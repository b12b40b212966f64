"""What a lock was made from, kept in the lock, so that a stale one is told without resolving.

Each input is kept as it was asked for, one per line and sorted: no digest of it all, which two branches
could not both change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from packaging.requirements import InvalidRequirement, Requirement

from zephyr.dataclass import dataclass, field, replace
from zephyr.lock.places import portable_address
from zephyr.model.names import canonicalize_name
from zephyr.model.universal import BASE, Activation, ActivationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.pylock import Pylock

TOOL = "zephyr"
"""The name of the table below ``[tool]``."""

_LISTS = ("default-groups", "constraints", "overrides", "excludes", "targets", "indexes")
_TABLES = ("package-indexes", "rules")


@dataclass(frozen=True, slots=True)
class LockInputs:
    """Everything that decides what a lock holds, beside what the indexes offer.

    Lists are sorted and without repetition, except ``indexes``. `portable` brings any value into this form.
    """

    requirements: Mapping[Activation, tuple[str, ...]] = field(
        default_factory=dict[Activation, tuple[str, ...]]
    )
    """PEP 508 texts, or places; an extra or group without requirements is there too."""
    requires_python: str | None = None
    default_groups: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    """Empty for the default ones."""
    conflicts: tuple[tuple[Activation, ...], ...] = ()
    """Sets of extras and groups, at most one of which may be on."""
    indexes: tuple[str, ...] = ()
    """URLs in the order asked."""
    package_indexes: Mapping[str, str] = field(default_factory=dict[str, str])
    """Project to the index that it must come from."""
    rules: Mapping[str, str] = field(default_factory=dict[str, str])
    """Resolution mode, pre-release policy and the like; ``exclude-newer`` as given, ``7 days``."""
    exclude_newer: str | None = None
    """The cut-off that ``exclude-newer`` stood for when the lock was made (ISO 8601). Never compared: that
    time has passed since does not make a lock stale."""

    def portable(self, folder: str) -> LockInputs:
        """Return the inputs as a lock in ``folder`` (absolute) has them.

        Requirements are in canonical form, addresses have no credentials, local places are relative.
        Raises `PathUnportable`.
        """
        return replace(
            self,
            requirements={
                activation: _canonical(self.requirements[activation], folder)
                for activation in sorted(self.requirements, key=str)
            },
            default_groups=tuple(sorted(set(self.default_groups))),
            constraints=_canonical(self.constraints, folder),
            overrides=_canonical(self.overrides, folder),
            excludes=tuple(sorted(set(self.excludes))),
            targets=tuple(sorted(set(self.targets))),
            conflicts=tuple(
                sorted({tuple(sorted(set(conflict), key=str)) for conflict in self.conflicts}, key=str)
            ),
            indexes=tuple(portable_address(index, folder) for index in self.indexes),
            package_indexes={
                name: portable_address(index, folder) for name, index in sorted(self.package_indexes.items())
            },
            rules=dict(sorted(self.rules.items())),
        )

    def as_table(self) -> dict[str, Any]:
        """Return the table ``[tool.zephyr]`` of the lock; what is empty is left out."""
        table: dict[str, Any] = {
            "requires-python": self.requires_python,
            "exclude-newer": self.exclude_newer,
            "conflicts": [
                [{member.kind.value: member.name} for member in conflict] for conflict in self.conflicts
            ],
            "requirements": self._requirements_table(),
        }
        table.update({key: list(getattr(self, key.replace("-", "_"))) for key in _LISTS})
        table.update({key: dict(getattr(self, key.replace("-", "_"))) for key in _TABLES})

        return {key: value for key, value in table.items() if value}

    def _requirements_table(self) -> dict[str, Any]:
        table: dict[str, Any] = {}

        for activation, requirements in self.requirements.items():
            if activation.kind is ActivationKind.BASE:
                table["project"] = list(requirements)
            else:
                table.setdefault(activation.kind.value, {})[activation.name] = list(requirements)

        return table

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> LockInputs | None:
        """Read `as_table` back; None where the table is of another shape, so that nothing is known."""
        try:
            lists = {key.replace("-", "_"): _texts(table.get(key, [])) for key in _LISTS}
            tables = {key.replace("-", "_"): _text_table(table.get(key, {})) for key in _TABLES}

            return cls(
                requirements=_requirements(table.get("requirements", {})),
                requires_python=_optional_text(table.get("requires-python")),
                exclude_newer=_optional_text(table.get("exclude-newer")),
                conflicts=tuple(
                    tuple(map(_member, conflict)) for conflict in _list(table.get("conflicts", []))
                ),
                **cast("dict[str, Any]", lists | tables),
            )
        except (TypeError, ValueError):
            return None


def locked_inputs(document: Pylock) -> LockInputs | None:
    """Return what a lock was made from; None for another tool's lock and for a damaged table."""
    table: object = (document.tool or {}).get(TOOL)

    return LockInputs.from_table(cast("dict[str, Any]", table)) if isinstance(table, dict) else None


def _canonical(texts: Iterable[str], folder: str) -> tuple[str, ...]:
    return tuple(sorted({_canonical_requirement(text, folder) for text in texts}))


def _canonical_requirement(text: str, folder: str) -> str:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return portable_address(text, folder)

    extras = f"[{','.join(sorted(map(canonicalize_name, requirement.extras)))}]" if requirement.extras else ""
    wanted = (
        f" @ {portable_address(requirement.url, folder)}" if requirement.url else str(requirement.specifier)
    )
    marker = f"{' ' if requirement.url else ''}; {requirement.marker}" if requirement.marker else ""

    return f"{canonicalize_name(requirement.name)}{extras}{wanted}{marker}"


def _requirements(table: object) -> dict[Activation, tuple[str, ...]]:
    found: dict[Activation, tuple[str, ...]] = {}

    for key, value in _table(table).items():
        if key == "project":
            found[BASE] = _texts(value)
        else:
            kind = ActivationKind(key)
            found.update({Activation(kind, name): _texts(texts) for name, texts in _table(value).items()})

    return found


def _member(value: object) -> Activation:
    [(kind, name)] = _text_table(value).items()

    return Activation(ActivationKind(kind), name)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)))


def _text_table(value: object) -> dict[str, str]:
    return {key: _text(text) for key, text in _table(value).items()}


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(value)

    return cast("dict[str, Any]", value)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)

    return list(cast("Iterable[Any]", value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)

    return value


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)
