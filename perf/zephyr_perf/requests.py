"""What was asked of the index in a stretch of time, read from the servers' log."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field

PAGE, METADATA, FILE, OTHER = "page", "metadata", "file", "other"


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests by what they were for, their bytes, and what went wrong."""

    kinds: Counter[str] = field(default_factory=Counter[str])
    transferred: int = 0
    """Bytes of all answers' bodies."""
    missing: tuple[str, ...] = ()
    """Files that were announced and are not there."""
    fetched: int = 0
    """What had to be fetched from upstream: times of such a run say nothing."""

    @property
    def total(self) -> int:
        """All requests."""
        return sum(self.kinds.values())


class RequestLog:
    """The log of a server: lines of ``STATUS BYTES PATH``, or ``upstream 0 PATH`` for what was fetched."""

    def __init__(self, path: str) -> None:
        self._path = path

    def position(self) -> int:
        """Return where the log ends now."""
        return os.path.getsize(self._path) if os.path.exists(self._path) else 0

    def since(self, position: int) -> Requests:
        """Return what was asked since the log ended at ``position``."""
        if not os.path.exists(self._path):
            return Requests()

        with open(self._path, "rb") as file:
            file.seek(position)

            return count(file.read().decode(errors="replace").splitlines())


def count(lines: list[str]) -> Requests:
    """Return what the lines of a log come to."""
    kinds: Counter[str] = Counter()
    transferred = fetched = 0
    missing: list[str] = []

    for line in lines:
        status, size, path = (*line.split(maxsplit=2), "", "", "")[:3]

        if status == "upstream":
            fetched += 1
            continue

        kind = kind_of(path)
        kinds[kind] += 1
        transferred += int(size) if size.isdigit() else 0

        if status == "404" and kind in {METADATA, FILE}:
            missing.append(path)

    return Requests(kinds, transferred, tuple(missing), fetched)


def kind_of(path: str) -> str:
    """Return what a request for ``path`` is for."""
    if "/files/" in path:
        return METADATA if path.endswith(".metadata") else FILE

    return PAGE if "/simple/" in path or "/plain/" in path else OTHER
