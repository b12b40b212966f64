"""The user's own site-packages (PEP 370): where an interpreter looks beside its own folders."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.environments.layout import library_name
from zephyr.environments.surroundings import home_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.interpreter import Interpreter


def user_site(interpreter: Interpreter, environ: Mapping[str, str]) -> str | None:
    """Return the folder, which need not exist; None where ``interpreter`` looks into none.

    ``interpreter`` is one outside of any environment, or the base of one that shares its packages.
    """
    if environ.get("PYTHONNOUSERSITE"):
        return None

    home = home_of(environ)
    base = environ.get("PYTHONUSERBASE")

    if interpreter.platform == "nt":
        base = base or os.path.join(environ.get("APPDATA") or home or "", "Python")
        return os.path.join(base, f"Python{interpreter.minor.replace('.', '')}", "site-packages")

    if base is None and home is None:
        return None

    library = library_name(
        interpreter.implementation, interpreter.minor, free_threaded=interpreter.free_threaded
    )

    return os.path.join(base or os.path.join(home or "", ".local"), "lib", library, "site-packages")
