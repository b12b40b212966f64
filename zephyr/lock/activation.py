"""What is on in an environment that is installed from a lock: the extras and groups asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from packaging.markers import UndefinedEnvironmentName

from zephyr.dataclass import dataclass, field
from zephyr.lock.errors import ConflictingActivations, InvalidLock, UnknownExtra, UnknownGroup
from zephyr.lock.inputs import locked_inputs
from zephyr.model.names import canonicalize_name
from zephyr.model.universal import Activation, ActivationKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from packaging.markers import Marker
    from packaging.pylock import Pylock

_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Activated:
    """An environment with the extras and groups that are on."""

    markers: Mapping[str, str]
    """The environment's (PEP 508)."""
    extras: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    _known: dict[str, bool] = field(default_factory=dict[str, bool], repr=False, compare=False)
    """What markers came to: evaluating one takes long, and entries share a few."""

    def holds(self, marker: Marker | None, name: str) -> bool:
        """Whether a marker of the entry ``name`` is true; raise `InvalidLock` for one without sense."""
        if marker is None:
            return True

        text = str(marker)

        if text not in self._known:
            try:
                self._known[text] = evaluate(marker, self.markers, self.extras, self.groups)
            except ValueError as error:
                raise InvalidLock(f"{name}: the marker {text} cannot be understood: {error}") from error

        return self._known[text]


def evaluate(
    marker: Marker, markers: Mapping[str, str], extras: frozenset[str], groups: frozenset[str]
) -> bool:
    """Evaluate a marker of a lock; raise `ValueError` where it makes no sense there."""
    values = {**markers, "extras": extras, "dependency_groups": groups}
    try:
        return marker.evaluate(cast("Mapping[str, str]", values), context="lock_file")
    except UndefinedEnvironmentName as error:
        raise ValueError(f"a lock knows no {error}") from error


def activate(
    document: Pylock, markers: Mapping[str, str], extras: Collection[str], groups: Collection[str] | None
) -> Activated:
    """Turn on extras and groups by name; None for the groups that the lock has on by default.

    Raises `UnknownExtra`, `UnknownGroup` and `ConflictingActivations`.
    """
    active = Activated(markers, _known_extras(document, extras), _known_groups(document, groups))
    _check_conflicts(document, active)

    return active


def _known_extras(document: Pylock, wanted: Collection[str]) -> frozenset[str]:
    names = frozenset(map(canonicalize_name, wanted))
    known = sorted(document.extras or ())

    for name in sorted(names.difference(known)):
        raise UnknownExtra(f"The lock has no extra {name!a}", hint=_nearest(name, known, "extras"))

    return names


def _known_groups(document: Pylock, wanted: Collection[str] | None) -> frozenset[str]:
    if wanted is None:
        return frozenset(document.default_groups or ())

    spelled = {
        canonicalize_name(name): name
        for name in (*(document.default_groups or ()), *(document.dependency_groups or ()))
    }

    for name in sorted(wanted):
        if canonicalize_name(name) not in spelled:
            raise UnknownGroup(
                f"The lock has no dependency group {name!a}",
                hint=_nearest(name, sorted(spelled.values()), "groups"),
            )

    return frozenset(spelled[canonicalize_name(name)] for name in wanted)


def _nearest(name: str, known: Sequence[str], kind: str) -> str:
    if not known:
        return f"It was made without {kind}."

    import difflib

    if nearest := difflib.get_close_matches(name, known, n=1):
        return f"Is {nearest[0]} meant?"

    return f"It has {_listed(known)}."


def _check_conflicts(document: Pylock, activated: Activated) -> None:
    inputs = locked_inputs(document)
    active = {Activation(ActivationKind.EXTRA, name) for name in activated.extras}
    active |= {Activation(ActivationKind.GROUP, name) for name in activated.groups}

    for conflict in inputs.conflicts if inputs is not None else ():
        together = [member for member in conflict if member in active]

        if len(together) > 1:
            raise ConflictingActivations(
                f"The project declares a conflict between {' and '.join(map(str, together))}",
                hint="Ask for one of them; a default group is left out with --no-group.",
            )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""

    return f"{', '.join(names[:_MOST_SHOWN])}{more}"
