"""What is written down beside a central environment: whose it is, and what it was made from.

A JSON object in ``environment.json``, always replaced as a whole. ``root`` decides whose the environment
is; the rest is for people and for tidying up.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from zephyr.dataclass import dataclass, fields, replace
from zephyr.environments.errors import EnvironmentTooNew

if TYPE_CHECKING:
    from zephyr.environments.project_place import ProjectPlace
    from zephyr.model.interpreter import Interpreter

FILE = "environment.json"
FORMAT = 1
PRECISION = timedelta(days=1)
"""How old ``used`` may be before it is written again: a command with nothing to do writes nothing."""


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """The metadata of one central environment. Times are ISO 8601 in UTC, to the second."""

    identity: str
    root: str
    """The canonical root of the project."""
    path: str
    """The environment's folder."""
    requested_python: str | None
    """What asked for the Python: ``--python`` or ``requires-python``; None where nothing did."""
    python: str
    """Its full version."""
    interpreter: str
    """The executable that the environment leans on."""
    created: str
    used: str


def read_record(folder: str) -> ProjectRecord | None:
    """Return what is written in ``folder``, None where nothing is that Zephyr wrote.

    Raises `EnvironmentTooNew` for a format that this version does not know.
    """
    path = os.path.join(folder, FILE)

    try:
        with open(path, encoding="utf-8") as file:
            document: dict[str, Any] = json.load(file)

        if document["format"] > FORMAT:
            raise EnvironmentTooNew(
                f"{path} was written by a newer Zephyr (format {document['format']})",
                hint="Use that version of Zephyr for this project.",
            )

        record = ProjectRecord(**{field.name: document[field.name] for field in fields(ProjectRecord)})
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None

    given = (
        value for name, value in asdict(record).items() if name != "requested_python" or value is not None
    )

    return record if all(isinstance(value, str) for value in given) else None


def write_record(folder: str, record: ProjectRecord) -> None:
    """Write ``record`` into ``folder``, which is made where it is missing, in one step. Raises OSError."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, FILE)
    fresh = f"{path}.{os.urandom(4).hex()}"

    try:
        with open(fresh, "w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, **asdict(record)}, file, indent=2)
            file.write("\n")

        os.replace(fresh, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(fresh)

        raise


def recorded_use(
    record: ProjectRecord | None,
    place: ProjectPlace,
    interpreter: Interpreter,
    requested_python: str | None,
    now: datetime,
) -> ProjectRecord:
    """Return the record after a use at ``now`` (aware): the same one where nothing worth writing is new."""
    moment = now.astimezone(UTC).isoformat(timespec="seconds")

    if record is None:
        record = ProjectRecord(
            place.identity, place.root, place.environment, requested_python, "", "", moment, moment
        )

    used = moment if is_old(record.used, now) else record.used
    made = {"python": interpreter.version, "interpreter": interpreter.base_executable}

    if requested_python is not None and record.python != interpreter.version:
        made["requested_python"] = requested_python

    return replace(record, used=used, **made)


def is_old(used: str, now: datetime) -> bool:
    """Return whether the time ``used`` is to be written again at ``now``."""
    try:
        return abs(now - datetime.fromisoformat(used)) >= PRECISION
    except (ValueError, TypeError):
        return True
