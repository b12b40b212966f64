"""Where a command runs: its folder, its variables, and the folders above that may speak for it."""

from __future__ import annotations

import os

from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zephyr.environments.fact_store import FactStore


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What discovery and selection look at; nothing else of the process is read."""

    folder: str
    """The current folder, absolute."""
    environ: Mapping[str, str]
    store: FactStore | None = None
    """Where facts about interpreters are remembered."""

    @property
    def search_path(self) -> list[str]:
        """The folders of ``PATH``, in order, each once; relative ones, which anybody could fill, left out."""
        entries = self.environ.get("PATH", "").split(os.pathsep)

        return list(dict.fromkeys(entry for entry in entries if os.path.isabs(entry)))

    def absolute(self, path: str) -> str:
        """Return ``path`` as it is meant from the current folder, links left as they are."""
        return os.path.normpath(os.path.join(self.folder, path))


def upwards(folder: str, home: str | None) -> Iterator[str]:
    """Yield ``folder`` and those above it, not past ``home`` and not past the mount that holds ``folder``.

    What lies beyond belongs to others: nothing there decides which interpreter is run here.
    """
    device = _device(folder)
    ends = {home, os.path.realpath(home)} if home else set[str]()

    while True:
        yield folder
        parent = os.path.dirname(folder)

        if folder == parent or folder in ends or device is None or _device(parent) != device:
            return

        folder = parent


def home_of(environ: Mapping[str, str]) -> str | None:
    """Return the user's home folder as ``environ`` gives it, None where it does not."""
    home = environ.get("USERPROFILE" if os.name == "nt" else "HOME")

    return os.path.normpath(home) if home and os.path.isabs(home) else None


def _device(folder: str) -> int | None:
    try:
        return os.stat(folder).st_dev
    except OSError:
        return None
