"""What dependency groups need by themselves, without the project's own dependencies.

The standard has no word for this: an entry of the project's dependencies applies whatever groups are on. So
it starts from the requirements that the lock was made from (``[tool.zephyr]``), and follows the
``dependencies`` of the entries. Those do not say for which extra or platform one is needed, so of what is
selected here rather too much is taken than too little, and never what only the project needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from zephyr.errors import UsageError
from zephyr.lock.inputs import locked_inputs
from zephyr.model.universal import ActivationKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from packaging.pylock import Pylock
    from packaging.utils import NormalizedName

    from zephyr.lock.selection import Selected


class RequirementsUnknown(UsageError):
    """A lock does not say what it was made from, so what a group alone needs is not known."""

    id = "lock-requirements-unknown"


def needed_by_groups(
    document: Pylock, selected: Sequence[Selected], groups: Collection[str], markers: Mapping[str, str]
) -> tuple[Selected, ...]:
    """Return those of ``selected`` that ``groups`` need, in their order.

    ``selected`` was chosen for ``groups`` and the environment with ``markers``. Raises
    `RequirementsUnknown` for a lock of another tool.
    """
    edges: dict[str, tuple[str, ...]] = {
        one.package.name: tuple(dependency["name"] for dependency in one.package.dependencies or ())
        for one in selected
    }
    pending: list[str] = list(_roots(document, selected, groups, markers))
    needed: set[str] = set()

    while pending:
        name = pending.pop()

        if name in edges and name not in needed:
            needed.add(name)
            pending += edges[name]

    return tuple(one for one in selected if one.package.name in needed)


def _roots(
    document: Pylock, selected: Sequence[Selected], groups: Collection[str], markers: Mapping[str, str]
) -> Iterator[NormalizedName]:
    inputs = locked_inputs(document)
    wanted = {canonicalize_name(group) for group in groups}

    if inputs is None:
        raise RequirementsUnknown(
            f"The lock was made by {document.created_by} and does not say what a group alone needs",
            hint="Install it together with the project's dependencies: --group instead of --only-group.",
        )

    for activation, requirements in inputs.requirements.items():
        if activation.kind is ActivationKind.GROUP and canonicalize_name(activation.name) in wanted:
            for text in requirements:
                yield from _named(text, selected, markers)


def _named(text: str, selected: Sequence[Selected], markers: Mapping[str, str]) -> Iterator[NormalizedName]:
    """Yield the project that a requirement asks for here: a place without a name is found by its place."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        yield from (one.package.name for one in selected if text in _places(one))
        return

    if requirement.marker is None or requirement.marker.evaluate(dict(markers)):
        yield canonicalize_name(requirement.name)


def _places(one: Selected) -> set[str | None]:
    return {getattr(one.source, "path", None), getattr(one.source, "url", None)}
