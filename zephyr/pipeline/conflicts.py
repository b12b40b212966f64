"""Which of the other packages no longer fit once some were installed. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.version import Version

    from zephyr.model.environment import InstalledDistribution
    from zephyr.model.resolution import Pin

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def conflicts(
    pins: Iterable[Pin], installed: Iterable[InstalledDistribution], markers: Mapping[str, str]
) -> list[str]:
    """Return a sentence, pip's, for each requirement of ``installed`` that ``pins`` have put out of order.

    ``markers`` are the environment's (PEP 508). A resolve looks at what was asked for and all that it
    needs; the rest of the environment is told of.
    """
    arrived = {pin.name: pin.version for pin in pins}
    environment = {**markers, "extra": ""}
    found: list[str] = []

    for one in installed:
        if one.name in arrived:
            continue

        for line in one.requires:
            # Most lines are about something else: they need no parsing.
            name = _NAME.match(line)

            if name is None or canonicalize_name(name[0]) not in arrived:
                continue

            version = arrived[canonicalize_name(name[0])]
            wanted = _unmet(line, version, environment)

            if wanted is not None:
                found.append(
                    f"{one.name} {one.version} requires {wanted}, but you have {canonicalize_name(name[0])} "
                    f"{version} which is incompatible."
                )

    return found


def _unmet(line: str, version: Version, environment: dict[str, str]) -> str | None:
    """Return what a requirement asks for, None where ``version`` will do or the line counts for nothing."""
    from packaging.requirements import InvalidRequirement, Requirement

    from zephyr.environments.check import applies

    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return None

    if requirement.marker and not applies(requirement.marker, environment):
        return None

    if requirement.specifier.contains(version, prereleases=True):
        return None

    return f"{requirement.name}{requirement.specifier}"
