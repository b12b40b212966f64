"""PEP 668: the file by which a distribution keeps its interpreter's packages to itself."""

from __future__ import annotations

import os

MARKER = "EXTERNALLY-MANAGED"


def externally_managed(standard_library: str, language: str | None = None) -> str | None:
    """Return the message of the marker file in ``standard_library``, None where there is no such file.

    The message is empty when the file has none or cannot be parsed: the environment is managed all the
    same. ``language`` (``de_AT`` or ``de``) picks a translation where the file has one.
    """
    path = os.path.join(standard_library, MARKER)

    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except FileNotFoundError:
        return None
    except OSError:
        return ""

    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)

    try:
        parser.read_string(text, path)
    except Error:
        return ""

    keys = [f"Error-{language}", f"Error-{language.partition('_')[0]}"] if language else []

    for key in (*keys, "Error"):
        if message := parser.get("externally-managed", key, fallback=""):
            return message

    return ""
