"""Which extras and dependency groups of a lock the options turn on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.errors import UsageError
from zephyr.lock.errors import UnknownGroup
from zephyr.model.names import canonicalize_name
from zephyr.model.universal import BASE, Activation, ActivationKind

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from zephyr.cli.lock_options import ActivationOptions


@dataclass(frozen=True, slots=True)
class Activations:
    """What is on in an environment; names of `zephyr.lock.activation.activate`."""

    extras: frozenset[str]
    groups: frozenset[str]
    """All that are on, those that are on by default among them."""
    only_groups: bool = False
    """Whether the project's own dependencies are off (`zephyr.lock.group_closure`)."""

    @property
    def values(self) -> frozenset[Activation]:
        """Everything that is on."""
        base = frozenset[Activation]() if self.only_groups else frozenset({BASE})
        extras = (Activation(ActivationKind.EXTRA, canonicalize_name(name)) for name in self.extras)
        groups = (Activation(ActivationKind.GROUP, canonicalize_name(name)) for name in self.groups)

        return base.union(extras, groups)


def activations_of(options: ActivationOptions, document: Pylock) -> Activations:
    """Return what the options turn on in a lock.

    Raises `UnknownGroup` for a group to be left out that the lock has not (whoever takes the lock refuses
    the others), and `UsageError` for options that exclude each other.
    """
    if options.only_group and (options.extra or options.all_extras):
        raise UsageError(
            "--only-group and --extra exclude each other: extras belong to the project's dependencies",
            hint="Use --group to add a group to them.",
            id="conflicting-options",
        )

    known = {*(document.dependency_groups or ()), *(document.default_groups or ())}
    by_default = not (options.no_default_groups or options.only_group)
    groups = {*(options.group or ()), *(options.only_group or ())}
    groups |= {*(document.default_groups or ())} if by_default else set[str]()
    groups |= known if options.all_groups else set[str]()
    left_out = {canonicalize_name(name): name for name in options.no_group or ()}

    for name in left_out.keys() - {canonicalize_name(name) for name in known}:
        raise UnknownGroup(
            f"The lock has no dependency group {left_out[name]!a}", hint="Leave --no-group out."
        )

    return Activations(
        extras=frozenset(document.extras or ()) if options.all_extras else frozenset(options.extra or ()),
        groups=frozenset(name for name in groups if canonicalize_name(name) not in left_out),
        only_groups=bool(options.only_group),
    )
