"""Where a transaction keeps what is neither here nor there, on the mount of what it belongs to."""

from __future__ import annotations

import os

from zephyr.dataclass import dataclass
from zephyr.install.filesystem import same_mount
from zephyr.install.recovery import TRANSACTION

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.install.destination import Destination


@dataclass(frozen=True, slots=True)
class PrivateFolders:
    """The ``.zephyr`` folder that serves each folder of an environment, and this transaction's number."""

    root: str
    """The environment's own, ``<root>/.zephyr``."""
    by_folder: Mapping[str, str]
    """For the folders on other mounts: the ``.zephyr`` folder inside each."""
    number: int = 1

    def base(self, path: str) -> str:
        """Return the private folder on the mount of ``path``."""
        inside = [folder for folder in self.by_folder if path == folder or path.startswith(f"{folder}/")]

        return self.by_folder[max(inside, key=len)] if inside else self.root

    def bases(self) -> tuple[str, ...]:
        """Return every private folder, the environment's own first."""
        return tuple(dict.fromkeys([self.root, *self.by_folder.values()]))

    def transaction(self, base: str) -> str:
        """Return the folder that goes when the transaction is over."""
        return f"{base}/{TRANSACTION}{self.number}"

    def trash(self, path: str, index: int) -> str:
        """Return where the ``index``-th departure, from ``path``, waits to be deleted."""
        return f"{self.transaction(self.base(path))}/trash/{index}"

    def text(self, path: str, index: int) -> str:
        """Return where the new contents of the shared file ``path`` wait."""
        return f"{self.transaction(self.base(path))}/text-{index}"

    def staged(self, folder: str, name: str, section: str) -> str:
        """Return where distribution ``name`` is staged for a section whose files go to ``folder``."""
        return f"{self.transaction(self.base(folder))}/staged/{name}/{section}"

    def shadowed(self, path: str, index: int) -> str:
        """Return where the copy of a file that another distribution's file displaces is kept."""
        return f"{self.base(path)}/shadowed/{self.number}-{index}"

    def saved(self, path: str) -> str:
        """Return where a user's file is moved to that lies in the way."""
        base = self.base(path)
        top = os.path.dirname(base)

        return f"{base}-saved/{self.number}/{os.path.relpath(path, top)}"


def private_folders(destination: Destination) -> PrivateFolders:
    """Find out which folders are on other mounts than the environment's root, and a free number.

    The root exists. Nothing is changed. Raises OSError.
    """
    others: dict[str, str] = {}

    for folder in destination.folders.values():
        if not same_mount(destination.root, _existing(folder)):
            others[folder] = f"{folder}/.zephyr"

    found = PrivateFolders(destination.state, others)

    return PrivateFolders(destination.state, others, _free_number(found.bases()))


def _existing(path: str) -> str:
    while not os.path.isdir(path):
        path = os.path.dirname(path)

    return path


def _free_number(bases: tuple[str, ...]) -> int:
    used = {0}

    for base in bases:
        for folder, prefix in ((base, TRANSACTION), (f"{base}/shadowed", ""), (f"{base}-saved", "")):
            used |= {_number(name.removeprefix(prefix)) for name in _names(folder)}

    return max(used) + 1


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _number(name: str) -> int:
    digits = name.partition("-")[0]

    return int(digits) if digits.isascii() and digits.isdigit() else 0
