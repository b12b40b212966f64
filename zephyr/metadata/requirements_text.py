"""The text of a requirements file out of its bytes, by pip's rules."""

from __future__ import annotations

import codecs
import re

from zephyr.metadata.requirements_syntax import RequirementsFileInvalid

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARATION = re.compile(rb"coding[:=]\s*([-\w.]+)")


def decoded(shown: str, data: bytes, charset: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the text and what is to be warned of.

    Its encoding is that of its byte order mark, of ``charset`` (what a server says), of a declaration in
    a comment of the first two lines (PEP 263), or else UTF-8, or else the locale's. ``shown`` names the
    file. Raises `RequirementsFileInvalid` for bytes that are not in that encoding, or one that is not
    known.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(shown, data[len(mark) :], encoding), ()

    stated = charset or _declared(data)

    if stated is not None:
        return _decoded(shown, data, stated), ()

    try:
        return data.decode(), ()
    except UnicodeDecodeError:
        import locale

        encoding = locale.getencoding()

    text = _decoded(shown, data, encoding)

    return text, (f"{shown} is not valid UTF-8, and was read as {encoding} as the locale says",)


def _declared(data: bytes) -> str | None:
    for line in data.split(b"\n", 2)[:2]:
        found = _DECLARATION.search(line) if line.startswith(b"#") else None

        if found is not None:
            return found[1].decode("ascii", errors="replace")

    return None


def _decoded(shown: str, data: bytes, encoding: str) -> str:
    hint = "Save the file as UTF-8, or name its encoding in its first line: # -*- coding: latin-1 -*-"

    try:
        return data.decode(encoding)
    except UnicodeError as error:
        position = f" (byte {error.start})" if isinstance(error, UnicodeDecodeError) else ""
        raise RequirementsFileInvalid(
            f"{shown} is not valid {_named(encoding)}{position}", hint=hint
        ) from error
    except LookupError as error:
        raise RequirementsFileInvalid(f"{shown} is in an unknown encoding: {encoding}", hint=hint) from error


def _named(encoding: str) -> str:
    return codecs.lookup(encoding).name.upper()
