"""Where the parts of an environment lie: ``bin`` or ``Scripts``, site-packages, headers, ``pyvenv.cfg``.

Follows sysconfig's ``venv`` scheme (``posix_venv``, ``nt_venv``), which no distributor changes.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr.model.interpreter import Scheme

CONFIGURATION = "pyvenv.cfg"
FOLDER = ".venv"
"""The name of a project's environment, in the project."""


def executable_of(root: str, platform: str) -> str:
    """Return the interpreter of the environment at ``root``; ``platform`` is an ``os.name``."""
    return rf"{root}\Scripts\python.exe" if platform == "nt" else f"{root}/bin/python"


def headers_folder(prefix: str, minor: str) -> str:
    """Return the parent of the projects' header folders in an environment: ``include/site/python3.12``.

    An environment has no include folder of its own in sysconfig: this is where pip and its successors
    put headers.
    """
    return os.path.join(prefix, "include", "site", f"python{minor}")


def library_name(implementation: str, minor: str, *, free_threaded: bool) -> str:
    """Return the folder below ``lib``: ``python3.12``, ``python3.13t``, ``pypy3.10``."""
    name = "pypy" if implementation == "pypy" else "python"

    return f"{name}{minor}{'t' if free_threaded else ''}"


def environment_scheme(
    root: str, platform: str, library: str, minor: str, platform_library: str = "lib"
) -> Scheme:
    """Return the folders of an environment at ``root``.

    ``library`` is `library_name`'s, ``platform_library`` is ``sys.platlibdir``: ``lib64`` on Fedora's
    Pythons, ``lib`` elsewhere.
    """
    from zephyr.model.interpreter import Scheme

    if platform == "nt":
        site = rf"{root}\Lib\site-packages"

        return Scheme(site, site, rf"{root}\Scripts", headers_folder(root, minor), root)

    return Scheme(
        purelib=f"{root}/lib/{library}/site-packages",
        platlib=f"{root}/{platform_library}/{library}/site-packages",
        scripts=f"{root}/bin",
        headers=headers_folder(root, minor),
        data=root,
    )


def sees_its_base(root: str) -> bool:
    """Return whether the environment at ``root`` was made with ``--system-site-packages``."""
    configuration = read_configuration(root) or {}

    return configuration.get("include-system-site-packages", "").strip().lower() == "true"


def executable_names(
    implementation: str, minor: str, platform: str, *, free_threaded: bool
) -> tuple[str, ...]:
    """Return the names an interpreter goes by in its folder, the most exact first."""
    if platform == "nt":
        return ("python.exe",)

    major = minor.split(".", maxsplit=1)[0]
    threaded = (f"python{minor}t",) if free_threaded else ()
    python = (*threaded, f"python{minor}", f"python{major}", "python")

    if implementation == "cpython":
        return python

    own = (f"{implementation}{minor}", f"{implementation}{major}", implementation)

    return (*own, *python)


def read_configuration(root: str) -> dict[str, str] | None:
    """Return the keys (lower case) and values of ``root``'s ``pyvenv.cfg``, None where there is none.

    PEP 405's format: a line is ``key = value``, any other line is ignored.
    """
    try:
        with open(os.path.join(root, CONFIGURATION), encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        return None

    pairs = (line.partition("=") for line in lines if "=" in line)

    return {key.strip().lower(): value.strip() for key, _, value in pairs}
