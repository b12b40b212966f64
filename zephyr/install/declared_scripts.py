"""The scripts that a distribution's metadata speaks of: they were made, and may not have been listed."""

from __future__ import annotations

import os

from zephyr_workers.entry_points import is_reserved, parse_entry_points
from zephyr_workers.wheel_errors import InvalidWheel

COMMAND_SUFFIXES = (".exe", ".exe.manifest", "-script.py", "-script.pyw")
"""What stands for a command on Windows, beside the bare name."""


def declared_scripts(metadata: str, folder: str, platform: str) -> frozenset[str]:
    """Return the paths in the scripts folder ``folder`` that the metadata folder ``metadata`` speaks of.

    These are the commands of ``entry_points.txt`` and, of old installs, what lies in ``scripts``.
    ``platform`` is ``os.name``. What belongs to the environment itself (its interpreter) is never among
    them, and metadata that cannot be understood speaks of nothing.
    """
    names = [*_commands(f"{metadata}/entry_points.txt"), *_old_scripts(f"{metadata}/scripts")]
    suffixes = ("", *COMMAND_SUFFIXES, ".bat") if platform == "nt" else ("",)

    return frozenset(
        f"{folder}/{name}{suffix}" for name in names if not is_reserved(name) for suffix in suffixes
    )


def _commands(path: str) -> list[str]:
    try:
        with open(path, "rb") as file:
            return [point.name for point in parse_entry_points(file.read())]
    except (OSError, InvalidWheel):
        return []


def _old_scripts(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
