"""What Zephyr itself runs on, where it lives in the environment that it changes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from zephyr.install.destination import Destination
    from zephyr.model.environment import InstalledDistribution

OWN_NAME = canonicalize_name("zephyr")
OWN_EXTRAS = ("keyring",)


def lives_in(destination: Destination) -> bool:
    """Tell whether the running interpreter belongs to the environment."""
    return os.path.realpath(sys.prefix) == destination.root


def own_closure(
    installed: Iterable[InstalledDistribution], markers: Mapping[str, str]
) -> frozenset[NormalizedName]:
    """Return Zephyr and everything installed that it needs; empty without Zephyr."""
    present = {distribution.name: distribution for distribution in installed}
    pending: list[tuple[NormalizedName, str]] = [(OWN_NAME, ""), *((OWN_NAME, extra) for extra in OWN_EXTRAS)]
    found: set[tuple[NormalizedName, str]] = set()

    while pending:
        asked = pending.pop()

        if asked[0] in present and asked not in found:
            found.add(asked)
            pending += _needed(present[asked[0]], {**markers, "extra": asked[1]})

    return frozenset(name for name, _ in found)


def _needed(
    distribution: InstalledDistribution, markers: Mapping[str, str]
) -> Iterator[tuple[NormalizedName, str]]:
    from packaging.requirements import InvalidRequirement, Requirement

    for line in distribution.requires:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue

        if requirement.marker is None or requirement.marker.evaluate(dict(markers)):
            for extra in ("", *requirement.extras):
                yield canonicalize_name(requirement.name), extra
