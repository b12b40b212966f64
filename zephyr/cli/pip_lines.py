"""The lines of ``pip install`` that scripts look for, on standard output as pip prints them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from zephyr.model.resolution import Pin
    from zephyr.pipeline.outcome import InstallOutcome

_REQUIRED = re.compile(
    rb"^Requires-Dist:[ \t]*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)", re.IGNORECASE | re.MULTILINE
)


def pip_lines(outcome: InstallOutcome) -> Iterator[str]:
    """Yield what was there already, and then what was installed or would be."""
    for one in outcome.satisfied:
        yield f"Requirement already satisfied: {one.requirement} in {one.location} ({one.version})"

    if outcome.installed_pins:
        verb = "Would install" if outcome.dry_run else "Successfully installed"
        spelled = {} if outcome.dry_run else _names_as_required(outcome)
        named = sorted(
            (spelled.get(pin.name) or display_name(pin), str(pin.version)) for pin in outcome.installed_pins
        )

        yield f"{verb} {' '.join(f'{name}-{version}' for name, version in named)}"


def _names_as_required(outcome: InstallOutcome) -> dict[NormalizedName, str]:
    """Return names as whoever requires them spells them, which is how pip calls what it has installed."""
    spelled = dict(outcome.asked)

    for pin in outcome.pins:
        header = (pin.metadata or b"").replace(b"\r\n", b"\n").partition(b"\n\n")[0]

        for found in _REQUIRED.findall(header):
            name = found.decode()
            spelled.setdefault(canonicalize_name(name), name)

    return spelled


def display_name(pin: Pin) -> str:
    """Return the name of a pin as its METADATA spells it, where that is known."""
    for line in (pin.metadata or b"").splitlines():
        field, _, value = line.partition(b":")

        if field.lower() == b"name":
            return value.strip().decode("utf-8", "replace")

        if not line:
            break

    return pin.name
