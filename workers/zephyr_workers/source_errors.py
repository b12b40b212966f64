"""Why a source archive or a source tree is refused: one exception, one stable id per rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import ZephyrError
from zephyr_workers.wheel_errors import visible

if TYPE_CHECKING:
    from zephyr_workers.wheel_errors import InvalidWheel

_HINT = "Choose another version or file of this project, and tell its authors: it was published so."


class InvalidSource(ZephyrError):
    """A source breaks a rule of its format, or could be understood in more than one way.

    ``id`` names the rule (``source-path-escapes``), ``entry`` the member at fault, unescaped.
    """

    id = "source-invalid"

    def __init__(
        self, rule: str, reason: str, *, entry: str | None = None, source: str | None = None
    ) -> None:
        place = f", entry {visible(entry)}" if entry is not None else ""

        super().__init__(f"{visible(source or 'The source')}{place}: {reason}.", hint=_HINT, id=rule)
        self.reason = reason
        self.entry = entry

    def named(self, source: str) -> InvalidSource:
        """Return the same refusal with the source's name in its message."""
        return InvalidSource(self.id, self.reason, entry=self.entry, source=source)


def as_source(error: InvalidWheel) -> InvalidSource:
    """Return the refusal of a rule that wheels and sources share."""
    rule = "source-" + error.id.removeprefix("wheel-")

    return InvalidSource(rule, error.reason.replace("wheel", "archive"), entry=error.entry)
