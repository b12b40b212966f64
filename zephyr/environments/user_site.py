"""The user's own folders (PEP 370): where an interpreter looks beside its own, and ``--user`` installs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.environments.errors import UserSiteInvisible
from zephyr.environments.layout import library_name, sees_its_base
from zephyr.environments.surroundings import home_of
from zephyr.model.environment import Environment
from zephyr.model.interpreter import Scheme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.interpreter import Interpreter


def user_site(interpreter: Interpreter, environ: Mapping[str, str]) -> str | None:
    """Return the user's site-packages, which need not exist; None where ``interpreter`` looks into none.

    ``interpreter`` is one outside of any environment, or the base of one that shares its packages.
    """
    base = _user_base(interpreter, environ)

    return None if base is None else _user_scheme(interpreter, base).purelib


def user_environment(interpreter: Interpreter, environ: Mapping[str, str]) -> Environment:
    """Return what ``--user`` installs into. Raises `UserSiteInvisible`, in pip's words."""
    if interpreter.is_virtual_environment and not sees_its_base(interpreter.prefix):
        raise UserSiteInvisible(
            "Can not perform a '--user' install. User site-packages are not visible in this virtualenv",
            hint="Leave --user out to install into the environment, or name a Python outside with --python.",
        )

    base = _user_base(interpreter, environ)

    if base is None:
        raise UserSiteInvisible(
            "Can not perform a '--user' install. User site-packages are disabled for this Python",
            hint="Unset PYTHONNOUSERSITE, or leave --user out.",
        )

    return Environment("user", base, interpreter, _user_scheme(interpreter, base))


def _user_base(interpreter: Interpreter, environ: Mapping[str, str]) -> str | None:
    """Return ``site.USER_BASE``, absolute; None where the user's folders are off or have no place."""
    if environ.get("PYTHONNOUSERSITE"):
        return None

    if given := environ.get("PYTHONUSERBASE"):
        return os.path.abspath(given)

    home = home_of(environ)

    if interpreter.platform == "nt":
        parent = environ.get("APPDATA") or home

        return os.path.join(parent, "Python") if parent else None

    return os.path.join(home, ".local") if home else None


def _user_scheme(interpreter: Interpreter, base: str) -> Scheme:
    """Return sysconfig's ``posix_user`` and ``nt_user``."""
    if interpreter.platform == "nt":
        folder = os.path.join(base, f"Python{interpreter.minor.replace('.', '')}")
        site = os.path.join(folder, "site-packages")

        return Scheme(site, site, os.path.join(folder, "Scripts"), os.path.join(folder, "Include"), base)

    library = library_name(
        interpreter.implementation, interpreter.minor, free_threaded=interpreter.free_threaded
    )
    site = os.path.join(base, "lib", library, "site-packages")

    return Scheme(site, site, os.path.join(base, "bin"), os.path.join(base, "include", library), base)
