"""Why a wheel is refused: one exception, one stable id per rule.

The rules live beside the code that checks them (archive, paths, record, documents, schemes,
entry points); each raises `InvalidWheel` with its own id and the entry at fault. Only the caller
that knows the wheel's file name adds it, with `InvalidWheel.named`.
"""

from __future__ import annotations

from typing import Self

from zephyr.errors import ZephyrError

_PUBLISHED_WRONG = (
    "Choose another version or file of this project, and tell its authors: it was published so."
)
_DAMAGED = "Download it again (`--refresh`); if it stays so, the file on the index is damaged."
_DAMAGE = frozenset({"wheel-damaged", "wheel-not-a-zip", "wheel-trailing-data", "wheel-prepended-data"})


class InvalidWheel(ZephyrError):
    """The wheel breaks a rule of its format, or could be understood in more than one way.

    ``id`` names the rule (``wheel-path-escapes``), ``entry`` the archive's entry at fault (as it
    stands there, unescaped; None when it is the archive as a whole).
    """

    id = "wheel-invalid"

    def __init__(self, rule: str, reason: str, *, entry: str | None = None, wheel: str | None = None) -> None:
        subject = wheel or "The wheel"
        place = f", entry {visible(entry)}" if entry is not None else ""
        hint = _DAMAGED if rule in _DAMAGE else _PUBLISHED_WRONG

        super().__init__(f"{visible(subject)}{place}: {reason}.", hint=hint, id=rule)
        self.reason = reason
        self.entry = entry
        self.wheel = wheel

    def named(self, wheel: str) -> Self:
        """Return the same refusal with the wheel's file name in its message."""
        return type(self)(self.id, self.reason, entry=self.entry, wheel=wheel)


class MetadataMismatch(InvalidWheel):
    """The METADATA inside a wheel contradicts what the index had announced (`metadata-mismatch`)."""

    id = "metadata-mismatch"


def visible(text: str, longest: int = 200) -> str:
    """Spell ``text`` for one line of a terminal: control and other unprintable characters escaped."""
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )

    return shown if len(shown) <= longest else f"{shown[:longest]}…"
