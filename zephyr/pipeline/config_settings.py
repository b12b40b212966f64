"""``--config-settings KEY=VALUE``, of a command or beside a single requirement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import UsageError
from zephyr.metadata.requirements import parse_root
from zephyr.model.source_words import names_a_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from zephyr.metadata.requirements_file import RequirementLine


def parse_settings(values: Iterable[str]) -> dict[str, str | list[str]]:
    """Understand ``KEY=VALUE``; a key given several times has a list of values, as in pip and build.

    Raises `UsageError` (``config-settings-invalid``).
    """
    settings: dict[str, str | list[str]] = {}

    for text in values:
        key, equals, value = text.partition("=")

        if not equals or not key:
            raise UsageError(
                f"--config-settings is {text!r}, KEY=VALUE was expected", id="config-settings-invalid"
            )

        before = settings.get(key)

        if before is None:
            settings[key] = value
        else:
            settings[key] = [*before, value] if isinstance(before, list) else [before, value]

    return settings


def package_settings(
    lines: Iterable[RequirementLine],
) -> dict[NormalizedName, dict[str, str | list[str]]]:
    """Return the settings beside requirements by name; those beside a place go with the place.

    Raises what `parse_root` raises.
    """
    return {
        parse_root(line.text, line.origin).requirement.name: parse_settings(line.config_settings)
        for line in lines
        if line.config_settings and not names_a_place(line.text, editable=line.editable)
    }
