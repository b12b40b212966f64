"""Finds the project that a folder belongs to, and reads its ``pyproject.toml`` as far as TOML goes."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from zephyr.project.document import decoded, parse_document
from zephyr.project.errors import PyprojectInvalid, PyprojectMissing

if TYPE_CHECKING:
    from zephyr.project.document import Document

FILE = "pyproject.toml"

_LARGEST = 10 << 20


def find_project(folder: str) -> str | None:
    """Return the path of the nearest ``pyproject.toml`` that states a project, from ``folder`` upwards.

    It has ``[project]``, ``[dependency-groups]`` or ``[tool.zephyr]``. One that cannot be read is
    returned too: whoever reads it says what is wrong, instead of taking another project for it.
    """
    folder = os.path.abspath(folder)

    while True:
        path = os.path.join(folder, FILE)

        if os.path.isfile(path) and _states_a_project(path):
            return path

        parent = os.path.dirname(folder)

        if parent == folder:
            return None

        folder = parent


def read_document(path: str) -> Document:
    """Return the document at ``path``. Raises `PyprojectMissing` and `PyprojectInvalid`."""
    try:
        data = read_file(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PyprojectMissing(
            f"There is no project at {path}",
            hint="Go to the folder of the project, or make a pyproject.toml with a [project] table.",
        ) from error
    except OSError as error:
        raise PyprojectInvalid(f"Cannot read {path}: {error.strerror}") from error

    return parse_document(path, decoded(path, data, PyprojectInvalid), PyprojectInvalid)


def read_file(path: str) -> bytes:
    """Return the bytes of a file. Raises `OSError`; a file that is absurdly large is one."""
    with open(path, "rb") as file:
        data = file.read(_LARGEST + 1)

    if len(data) > _LARGEST:
        raise OSError(errno.EFBIG, f"it has more than {_LARGEST >> 20} MiB", path)

    return data


def _states_a_project(path: str) -> bool:
    try:
        table = read_document(path).table
    except PyprojectInvalid:
        return True

    tool = table.get("tool")

    return "project" in table or "dependency-groups" in table or (isinstance(tool, dict) and "zephyr" in tool)
