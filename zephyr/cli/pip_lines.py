"""The lines of ``pip install`` that scripts look for, on standard output as pip prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr.model.resolution import Pin
    from zephyr.pipeline.outcome import InstallOutcome


def pip_lines(outcome: InstallOutcome) -> Iterator[str]:
    """Yield what was there already, and then what was installed or would be."""
    for one in outcome.satisfied:
        yield f"Requirement already satisfied: {one.requirement} in {one.location} ({one.version})"

    if outcome.installed_pins:
        verb = "Would install" if outcome.dry_run else "Successfully installed"
        names = sorted(f"{display_name(pin)}-{pin.version}" for pin in outcome.installed_pins)

        yield f"{verb} {' '.join(names)}"


def display_name(pin: Pin) -> str:
    """Return the name of a pin as its METADATA spells it, where that is known."""
    for line in (pin.metadata or b"").splitlines():
        field, _, value = line.partition(b":")

        if field.lower() == b"name":
            return value.strip().decode("utf-8", "replace")

        if not line:
            break

    return pin.name
