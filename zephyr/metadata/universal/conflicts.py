"""Why there is no answer in one environment: which activations cannot be on together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.metadata.explain import ResolutionError
from zephyr.model.universal import BASE, ActivationKind
from zephyr.solver.cause import Required

if TYPE_CHECKING:
    from zephyr.markers.grid import Cell
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.model.universal import Activation


class UndeclaredConflict(ResolutionError):
    """Raised where two extras or groups cannot be installed together, and no conflict is declared."""

    id = "undeclared-conflict"


def conflict_between(request: UniversalRequest, cell: Cell, error: ResolutionError) -> ResolutionError:
    """Return ``error`` with the environment that it is about, and the activations that clash in it."""
    where = cell.environment.label
    clashing = _clashing(request, error)

    if len(clashing) < 2:
        return ResolutionError(error.proof, error.hints, f"{error.message} on {where}")

    first, second = clashing[:2]
    declaration = f"conflicts = [[{_entry(first)}, {_entry(second)}]]"
    hint = f"If they need not be together, declare it under [tool.zephyr]: {declaration}"

    return UndeclaredConflict(
        error.proof, (hint,), f"{_capital(str(first))} and {second} cannot be installed together on {where}"
    )


def _clashing(request: UniversalRequest, error: ResolutionError) -> list[Activation]:
    """Return the activations, the base left out, whose requirements the proof rests on."""
    labels = {
        leaf.cause.requirement.label for leaf in error.proof.leaves() if isinstance(leaf.cause, Required)
    }

    return [
        activation
        for activation, roots in request.requirements.items()
        if activation != BASE and any(root.label in labels for root in roots)
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _entry(activation: Activation) -> str:
    kind = "extra" if activation.kind is ActivationKind.EXTRA else "group"

    return f'{{{kind} = "{activation.name}"}}'
