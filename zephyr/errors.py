"""What every failure of Zephyr carries: an id, an exit code, the culprit and the next step.

A leaf module: it imports nothing of ours. Reasons are types (subclasses here and beside the code
that raises them); prose is put together last, by ``zephyr.cli.output``.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import ClassVar


class ZephyrError(Exception):
    """A failure that a person can act on.

    ``id`` is stable and kebab-case (``wheel-path-escapes``): scripts and documentation refer to it.
    ``message`` says what happened in one sentence and names the culprit: package, file, host or
    option. ``hint`` is the next step, where one is known. ``details`` are further lines (a proof,
    the last lines of an output). None of them may hold a secret.

    A class with a single reason sets ``id`` in its body; a family of reasons (one per rule that a
    wheel can break) passes it.
    """

    id: str = "error"
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        details: tuple[str, ...] = (),
        id: str | None = None,  # noqa: A002 - the word users see
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self._details = details
        if id is not None:
            self.id = id

    @property
    def details(self) -> tuple[str, ...]:
        """Further lines."""
        return self._details or self.explanation()

    @details.setter
    def details(self, lines: tuple[str, ...]) -> None:
        self._details = lines

    def explanation(self) -> tuple[str, ...]:
        """Return lines that are put together only when somebody reads them."""
        return ()


class UsageError(ZephyrError):
    """The command line, a setting or a requirements file cannot be understood (exit code 2)."""

    id = "usage"
    exit_code: ClassVar[int] = 2


class InternalError(ZephyrError):
    """A bug in Zephyr: neither the input's fault nor the world's (exit code 2)."""

    id = "bug"
    exit_code: ClassVar[int] = 2
