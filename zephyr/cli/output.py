"""What people and scripts see: results on standard output, everything else on standard error.

Nothing else in Zephyr prints. Whatever is said passes `redacted`, a second line of defence behind
the layers below, which never put a secret into a message.
"""

from __future__ import annotations

import os
import sys

from zephyr.memo.trace import forego

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TextIO

_USERINFO = r"(?<=://)(?!git@)[^/\s]+@"
"""A login; the user name ``git`` alone is part of an ssh address, and no secret."""
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"

_STYLE = r"\x1b\[[0-9;]*m"
_STYLES = {"error": "1;31", "warning": "1;33", "hint": "1;36", "added": "32", "removed": "31", "faint": "2"}


def redacted(text: str) -> str:
    """Return ``text`` with credentials in URLs masked and control characters escaped.

    Names and reasons come from indexes and archives: an escape sequence in them must not reach a
    terminal.
    """
    if text.isprintable() and "://" not in text:
        return text

    import re

    return re.sub(_CONTROL, lambda match: f"\\x{ord(match[0]):02x}", re.sub(_USERINFO, "***@", text))


class Output:
    """Says things at the right level, on the right stream.

    Levels: -2 only errors, -1 errors and warnings, 0 usual, 1 to 3 for ``-v`` to ``-vvv``.
    """

    def __init__(
        self,
        *,
        level: int = 0,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        environ: Mapping[str, str] | None = None,
        colour: bool = True,
        log: str | None = None,
    ) -> None:
        """``colour`` allows colours where the streams are for them; ``log`` is a file to append to."""
        self.level = level
        self._log = log
        self._stdout = stdout or sys.stdout
        self._stderr = stderr or sys.stderr
        self._colour = colour and _wants_colour(self._stderr, os.environ if environ is None else environ)

    @property
    def is_terminal(self) -> bool:
        """Whether a live display makes sense: standard error is a terminal that understands one."""
        return self._stderr.isatty() and "CI" not in os.environ and os.environ.get("TERM") != "dumb"

    def can_show(self, text: str) -> bool:
        """Return whether standard output has all the characters of ``text``."""
        try:
            text.encode(self._stdout.encoding or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return False

        return True

    def result(self, text: str, *, always: bool = False) -> None:
        """Write a line of what was asked for, unless ``-q`` silences it, as with pip."""
        self._note(redacted(text))

        if always or self.level >= 0:
            _write(self._stdout, redacted(text) + "\n")

    def result_document(self, text: str) -> None:
        """Write a document that was asked for, as it is: what may hold a secret was refused on the way."""
        _write(self._stdout, text)

    def result_json(self, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Write what was asked for as JSON; the document is all that is on standard output."""
        import json

        _write(self._stdout, json.dumps(value, indent=2) + "\n")

    def say(self, text: str, *, level: int = 0) -> None:
        """Tell the user something at ``level``; a log hears of every level."""
        if self.level >= level:
            self._tell(redacted(text))

            if level > 0:
                forego()  # of how it was done this time, not of what is so
        else:
            self._note(redacted(text))

    def change(self, sign: str, text: str) -> None:
        """Tell of one package that was added (``+``), removed (``-``) or changed (``~``)."""
        if self.level >= 0:
            style = {"+": "added", "-": "removed"}.get(sign, "faint")
            self._tell(f" {self._styled(sign, style)} {redacted(text)}")

    def warn(self, text: str, *, hint: str | None = None) -> None:
        """Warn, unless everything but errors is silenced."""
        if self.level >= -1:
            self._tell(f"{self._styled('warning', 'warning')}: {redacted(text)}")
            self._hint(hint)

    def fail(self, id: str, message: str, *, hint: str | None = None, details: tuple[str, ...] = ()) -> None:  # noqa: A002
        """Tell why the command failed: id, message (shown without a full stop), details, the next step."""
        self._tell(f"{self._styled('error', 'error')}[{id}]: {redacted(message.removesuffix('.'))}")

        for line in details:
            self._tell(f"  {redacted(line)}" if line else "")

        self._hint(hint)

    def answer(self, question: str) -> str | None:
        """Ask on standard output and read the answer from standard input; None where there is none."""
        self._note(redacted(question))
        _write(self._stdout, redacted(question))
        answer = sys.stdin.readline()

        return answer.strip() if answer else None

    def _hint(self, hint: str | None) -> None:
        if hint:
            self._tell(f"{self._styled('hint', 'hint')}: {redacted(hint)}")

    def _tell(self, text: str) -> None:
        self._note(text)
        _write(self._stderr, text + "\n")

    def _note(self, text: str) -> None:
        """Append to the log; raises OSError where it cannot be written."""
        if self._log is not None:
            import re
            from datetime import UTC, datetime

            moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S,%f")[:-3]

            with open(self._log, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.writelines(f"{moment} {line}\n" for line in re.sub(_STYLE, "", text).splitlines())

    def _styled(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._colour else text


def _wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    if environ.get("NO_COLOR"):
        return False

    if environ.get("FORCE_COLOR"):
        return True

    return stream.isatty() and environ.get("TERM") != "dumb"


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()


def shown_size(size: float) -> str:
    """Return a number of bytes for people: ``812 B``, ``4.2 MB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"

        size /= 1000

    raise AssertionError


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """Return ``1 package``, ``2 packages``; ``nouns`` where the plural is not made by an s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {nouns or noun + 's'}"
