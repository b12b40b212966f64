"""How what a project asks for now differs from what its lock was made from, in words, without resolving."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.model.universal import BASE, Activation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zephyr.lock.inputs import LockInputs


class InputKind(Enum):
    """Which input differs, as it is called in a sentence."""

    ACTIVATION = "extra or group"
    REQUIREMENTS = "requirements"
    REQUIRES_PYTHON = "requires-python"
    DEFAULT_GROUPS = "default groups"
    CONSTRAINTS = "constraints"
    OVERRIDES = "overrides"
    EXCLUDES = "excludes"
    TARGETS = "targets"
    CONFLICTS = "conflicts"
    INDEXES = "indexes"
    PACKAGE_INDEX = "index"
    RULE = "rule"


_LISTS = {
    InputKind.DEFAULT_GROUPS: "default_groups",
    InputKind.CONSTRAINTS: "constraints",
    InputKind.OVERRIDES: "overrides",
    InputKind.EXCLUDES: "excludes",
    InputKind.TARGETS: "targets",
    InputKind.INDEXES: "indexes",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One input that is not what it was. Nothing added or removed: only the order is another."""

    kind: InputKind
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    subject: str = ""
    """Whose it is: the project, the extra docs; the name of a package or a rule."""

    def __str__(self) -> str:
        match self.kind:
            case InputKind.ACTIVATION:
                return f"{self.subject} is {'new' if self.added else 'gone'}"
            case InputKind.REQUIREMENTS:
                return f"{self.subject} {self._now('now requires', 'no longer requires')}"
            case InputKind.REQUIRES_PYTHON:
                return (
                    f"requires-python is now {_or_nothing(self.added)} instead of {_or_nothing(self.removed)}"
                )
            case InputKind.PACKAGE_INDEX:
                return f"{self.subject} now comes from {_index(self.added)} instead of {_index(self.removed)}"
            case InputKind.RULE:
                return (
                    f"{self.subject} is now {_or_nothing(self.added)} instead of {_or_nothing(self.removed)}"
                )
            case _ if not self.added and not self.removed:
                return f"the order of the {self.kind.value} is another"
            case _:
                return f"the {self.kind.value} {self._now('now have', 'no longer have')}"

    def _now(self, having: str, lacking: str) -> str:
        parts = [f"{having} {', '.join(self.added)}"] if self.added else []
        parts += [f"{lacking} {', '.join(self.removed)}"] if self.removed else []

        return " and ".join(parts)


def differences(locked: LockInputs, wanted: LockInputs) -> tuple[Difference, ...]:
    """Return why a lock is stale; nothing where it is not. Both must be `LockInputs.portable`.

    The cut-off that a relative ``exclude-newer`` stood for is not compared, only what was written is.
    """
    return (
        *_requirements(locked.requirements, wanted.requirements),
        *_one(InputKind.REQUIRES_PYTHON, locked.requires_python, wanted.requires_python),
        *(
            found
            for kind, field in _LISTS.items()
            for found in _many(kind, getattr(locked, field), getattr(wanted, field))
        ),
        *_many(InputKind.CONFLICTS, _conflict_texts(locked), _conflict_texts(wanted)),
        *_by_key(InputKind.PACKAGE_INDEX, locked.package_indexes, wanted.package_indexes),
        *_by_key(InputKind.RULE, locked.rules, wanted.rules),
    )


def _requirements(
    locked: Mapping[Activation, tuple[str, ...]], wanted: Mapping[Activation, tuple[str, ...]]
) -> Iterator[Difference]:
    for activation in sorted(locked.keys() | wanted.keys(), key=_base_first):
        subject = "the project" if activation == BASE else str(activation)

        if activation != BASE and activation not in locked:
            yield Difference(InputKind.ACTIVATION, added=(activation.name,), subject=subject)
        elif activation != BASE and activation not in wanted:
            yield Difference(InputKind.ACTIVATION, removed=(activation.name,), subject=subject)
        else:
            yield from _many(
                InputKind.REQUIREMENTS, locked.get(activation, ()), wanted.get(activation, ()), subject
            )


def _base_first(activation: Activation) -> tuple[bool, str]:
    return activation != BASE, str(activation)


def _many(
    kind: InputKind, locked: tuple[str, ...], wanted: tuple[str, ...], subject: str = ""
) -> Iterator[Difference]:
    if locked != wanted:
        added = tuple(text for text in wanted if text not in locked)
        removed = tuple(text for text in locked if text not in wanted)

        yield Difference(kind, added, removed, subject)


def _one(kind: InputKind, locked: str | None, wanted: str | None, subject: str = "") -> Iterator[Difference]:
    if locked != wanted:
        added = (wanted,) if wanted is not None else ()
        removed = (locked,) if locked is not None else ()

        yield Difference(kind, added, removed, subject)


def _by_key(kind: InputKind, locked: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[Difference]:
    for key in sorted(locked.keys() | wanted.keys()):
        yield from _one(kind, locked.get(key), wanted.get(key), key)


def _conflict_texts(inputs: LockInputs) -> tuple[str, ...]:
    return tuple(" with ".join(map(str, conflict)) for conflict in inputs.conflicts)


def _or_nothing(texts: tuple[str, ...]) -> str:
    return texts[0] if texts else "not set"


def _index(texts: tuple[str, ...]) -> str:
    return texts[0] if texts else "any index"
