"""What makes a folder a project that can be built (PEP 517): a pyproject.toml, or a setup.py."""

from __future__ import annotations

import os

from zephyr.errors import ZephyrError


class NoProject(ZephyrError):
    """Raised for a folder in which there is no project, or no such folder."""

    id = "source-no-project"


def check_project(folder: str, shown: str) -> None:
    """Raise `NoProject` unless ``folder`` holds a project; ``shown`` names it in the message. Blocking."""
    if not os.path.isdir(folder):
        raise NoProject(
            f"There is no folder {shown}."
            if not os.path.lexists(folder)
            else f"{shown} is a file, and neither a folder nor an archive that Zephyr opens.",
            hint="Check the path; a relative one begins in the current folder.",
        )

    if any(os.path.isfile(os.path.join(folder, name)) for name in ("pyproject.toml", "setup.py")):
        return

    inner = [entry.name for entry in os.scandir(folder) if os.path.isfile(f"{entry.path}/pyproject.toml")]
    hint = (
        f"There is one in its folder {min(inner)}."
        if inner
        else "A project has a pyproject.toml or a setup.py."
    )

    raise NoProject(f"{shown} has no project in it: neither pyproject.toml nor setup.py.", hint=hint)
