"""What dependency groups need by themselves, without the project's own dependencies.

The standard has no word for this: an entry of the project's dependencies applies whatever groups are on. So
it starts from the requirements that the lock was made from (``[tool.zephyr]``), and follows the
``dependencies`` of the entries. Those do not say for which extra or platform one is needed, so of what is
selected here rather too much is taken than too little, and never what only the project needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import UsageError
from zephyr.lock.inputs import locked_inputs
from zephyr.lock.requirement_names import required_names
from zephyr.model.names import canonicalize_name
from zephyr.model.universal import ActivationKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from packaging.pylock import Pylock
    from packaging.utils import NormalizedName

    from zephyr.lock.inputs import LockInputs
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


def known_requirements(document: Pylock) -> LockInputs:
    """Return what a lock was made from; raise `RequirementsUnknown` for one of another tool."""
    inputs = locked_inputs(document)

    if inputs is None:
        raise RequirementsUnknown(
            f"The lock was made by {document.created_by} and does not say what a group alone needs",
            hint="Take the group together with the project's dependencies: --group instead of --only-group.",
        )

    return inputs


def _roots(
    document: Pylock, selected: Sequence[Selected], groups: Collection[str], markers: Mapping[str, str]
) -> Iterator[NormalizedName]:
    inputs = known_requirements(document)
    wanted = {canonicalize_name(group) for group in groups}
    packages = [one.package for one in selected]

    for activation, requirements in inputs.requirements.items():
        if activation.kind is ActivationKind.GROUP and canonicalize_name(activation.name) in wanted:
            for text in requirements:
                yield from required_names(text, packages, markers)
