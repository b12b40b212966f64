"""Where each file of a wheel goes: its root and its ``.data`` folder, as sections of one tree.

::

    demo/__init__.py                       purelib (or platlib, by Root-Is-Purelib)
    demo-1.0.data/scripts/demo             scripts
    demo-1.0.data/{purelib,platlib,headers,data}/...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr_workers.documents import Identity, is_stem_of
from zephyr_workers.entry_points import is_reserved
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Iterable

SECTIONS = ("purelib", "platlib", "scripts", "headers", "data")
WRITTEN_ON_INSTALL = ("RECORD", "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json")
"""Files of ``.dist-info`` that belong to an installation and not to the wheel."""

_STARTUP = ("sitecustomize", "usercustomize")


def place_files(
    names: Iterable[str], identity: Identity, dist_info: str, *, purelib: bool
) -> dict[str, tuple[str, str]]:
    """Map each file to its ``(section, path)``; files written on install are left out.

    Raises `InvalidWheel`: ``wheel-data-folder`` (unknown key, a file outside of any key, another
    project's folder), ``wheel-data-conflict`` (root and ``.data`` give the same file) and
    ``wheel-script-reserved``.
    """
    root = "purelib" if purelib else "platlib"
    left_out = {f"{dist_info}/{name}" for name in WRITTEN_ON_INSTALL}
    placed: dict[str, tuple[str, str]] = {}
    taken: dict[tuple[str, str], str] = {}

    for name in names:
        if name in left_out:
            continue

        top, slash, rest = name.partition("/")
        place = _data_place(name, top, rest, identity) if slash and top.endswith(".data") else (root, name)

        if place in taken:
            raise InvalidWheel("wheel-data-conflict", f"it is the same file as {taken[place]}", entry=name)

        taken[place] = name
        placed[name] = place

    if any(name != path for name, (_, path) in placed.items()):
        _check_folders(taken)

    return placed


def _data_place(name: str, top: str, rest: str, identity: Identity) -> tuple[str, str]:
    section, _, path = rest.partition("/")

    if not is_stem_of(top.removesuffix(".data"), identity):
        raise InvalidWheel("wheel-data-folder", "it lies in the data folder of another project", entry=name)

    if section not in SECTIONS or not path:
        raise InvalidWheel("wheel-data-folder", "it lies in no known part of the data folder", entry=name)

    if section == "scripts" and is_reserved(path.partition("/")[0]):
        raise InvalidWheel(
            "wheel-script-reserved", "a script of this name belongs to the environment", entry=name
        )

    if section == "data" and _is_environment_file(path):
        raise InvalidWheel(
            "wheel-script-reserved", "a file of this name belongs to the environment", entry=name
        )

    return section, path


def _is_environment_file(path: str) -> bool:
    folder, _, file = path.lower().rpartition("/")

    return path.lower() == "pyvenv.cfg" or (folder in ("bin", "scripts") and is_reserved(file))


def _check_folders(taken: dict[tuple[str, str], str]) -> None:
    """Refuse a file that is a folder of the merged tree: root and ``.data`` were fine by themselves."""
    for (section, path), name in taken.items():
        parent = path.rpartition("/")[0]

        while parent:
            if (section, parent) in taken:
                raise InvalidWheel("wheel-data-conflict", f"it lies in the file {parent}", entry=name)

            parent = parent.rpartition("/")[0]


def startup_files(places: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the files that run whenever the environment's Python starts: ``.pth`` and its relatives."""
    return tuple(
        f"{section}/{path}"
        for section, path in places
        if section in ("purelib", "platlib") and _runs_at_startup(path)
    )


def _runs_at_startup(path: str) -> bool:
    top, slash, rest = path.partition("/")

    if slash:
        return top in _STARTUP and rest.startswith("__init__.")

    return top.endswith(".pth") or top.partition(".")[0] in _STARTUP
