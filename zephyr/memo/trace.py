"""What one run looks at, and whether that says all about its answer.

`zephyr.memo.hearing` tells a trace of files and folders. What an answer depends on besides is said here
by whoever knows of it: time (`holds_until`), or something that nobody can look at again (`forego`). That
costs nothing while no run is traced.
"""

from __future__ import annotations

import os
import stat
import time

from zephyr.memo.answer import IDENTITY, NOT_FOLLOWED, Status, Witness, status_of
from zephyr.memo.sights import LISTED, content_of, is_below, size_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Set
    from types import ModuleType
    from typing import Any, ClassVar

    from zephyr.memo.sights import Sight

SETTLING_NS = 50_000_000
"""How old a change must be for the next one to get another time from the kernel."""
SETTLING_COARSE_NS = 2_100_000_000
"""The same where a file system keeps full seconds, or even ones."""

MOST_WITNESSES = 20_000
MOST_SEEN = 4 << 20
"""Bytes of files in an environment."""

_HOUSEKEEPING = ("staging", "trash", "locks")
"""Folders of the cache that say nothing about its content (see `zephyr_cache.layout`)."""

_PLACES_OF_PACKAGES = ("/site-packages/", "/dist-packages/")


class Trace:
    """What a run has looked at so far. It may look in many threads at once."""

    current: ClassVar[Trace | None] = None
    """The run that is traced, if any: a process runs one command."""

    def __init__(self) -> None:
        self.is_unfit = False
        self.found_nothing_to_do = False
        self.began_ns = time.time_ns()
        self.until = float("inf")
        self.cache: str | None = None
        self.is_over = False
        """Whether nothing is heard any more."""
        self.change: tuple[Any, ...] | None = None
        """What the run has changed, to be done again; plain values."""
        self.sights: list[Sight] = []
        """What it has looked at before in the environment that it has changed."""
        self.durations: set[str] = set()
        """How long what took, as it was told."""
        self._caches: tuple[str, ...] = ()
        self._unseen: tuple[str, ...] = ()
        self._statuses: dict[tuple[str, bool], Status] = {}
        self._listed: dict[str, Status] = {}
        self._noted_ns: dict[str, int] = {}

    def use_cache(self, root: str) -> None:
        """Take changes in the cache at ``root`` for what they are: no part of any answer."""
        self.cache = os.path.realpath(root)
        self._caches = (f"{root}/", f"{self.cache}/")
        self._unseen = tuple([f"{cache}{name}/" for cache in self._caches for name in _HOUSEKEEPING])

    def asked(self, path: str, *, follow: bool) -> None:
        """Note the status of ``path``, which is about to be used; also before the file is opened."""
        if (path, follow) not in self._statuses and not f"{path}/".startswith(self._unseen):
            self._statuses.setdefault((path, follow), status_of(path, 0 if follow else NOT_FOLLOWED))
            self._noted_ns.setdefault(path, time.time_ns())
            self.is_unfit |= len(self._statuses) > MOST_WITNESSES

    def listed(self, folder: str) -> None:
        """Note the status of a folder whose names are about to be used."""
        if folder not in self._listed and not f"{folder}/".startswith(self._unseen):
            self._listed.setdefault(folder, status_of(folder, 0))
            self._noted_ns.setdefault(folder, time.time_ns())

    def scanned(self, folder: str) -> None:
        """Note that and the status of all that is in the folder: its entries tell it without asking again."""
        self.listed(folder)

        try:
            names = os.listdir(folder)
        except OSError:
            return

        for name in names:
            for follow in (False, True):
                self.asked(os.path.join(folder, name), follow=follow)

            if self.is_unfit:
                return

    def changed(self, path: str) -> None:
        """Note that ``path`` is about to be changed: that makes a run unfit, unless it changes no answer."""
        # Python keeps the bytecode of modules wherever they lie.
        if not (f"{path}/".startswith(self._caches) or "/__pycache__/" in path or path == os.devnull):
            self.is_unfit = True

    def decide(self, root: str, checked: Set[str] = frozenset()) -> None:
        """Hear no more, as the run begins to change the environment at ``root``.

        What it has looked at in there counts by what is in it: an environment that is made anew has other
        times and inodes. What is in the folders ``checked`` does not count: whoever makes the change again
        sees to it. A run that decides twice is unfit.
        """
        self.is_unfit |= self.is_over
        self.is_over = True

        if not self.is_unfit:
            roots = (root, os.path.realpath(root))
            self._take_sights(roots)
            self._forget(lambda path: is_below(path, roots) or not checked.isdisjoint(_folders_above(path)))

    def _take_sights(self, roots: tuple[str, ...]) -> None:
        looks = [(path, LISTED, status) for path, status in self._listed.items()]
        looks += [
            (path, 0 if follow else NOT_FOLLOWED, one) for (path, follow), one in self._statuses.items()
        ]

        for path, how, status in looks:
            if is_below(path, roots):
                # A file of the same time may have had other bytes when it was read.
                witness = (path, how, status) if how & LISTED else _witness(path, not how, status)
                self.is_unfit |= not self._will_tell(*witness, self._noted_ns[path])
                self.sights.append((path, how, content_of(path, how)))

        self.is_unfit |= sum(size_of(content) for _, _, content in self.sights) > MOST_SEEN

    def _forget(self, is_none: Callable[[str], bool]) -> None:
        """Forget the paths that are no witnesses."""
        self._statuses = {key: status for key, status in self._statuses.items() if not is_none(key[0])}
        self._listed = {path: status for path, status in self._listed.items() if not is_none(path)}

    def ran(self, modules: Iterable[ModuleType]) -> None:
        """Note which code has run. Where it lies is the witness; that its files were read says no more."""
        for module in modules:
            file: str = getattr(module, "__file__", None) or ""
            bytecode: str = getattr(module, "__cached__", None) or ""

            for path in (file, bytecode):
                self._statuses.pop((path, True), None)

            if place := file and _place_of(file):
                self.listed(place)

    def witnesses(self) -> list[Witness] | None:
        """Return what the answer rests on; None where that changed during the run, or just before it."""
        found = [(path, 0, status) for path, status in self._listed.items()]
        found += [_witness(*look, status) for look, status in self._distinct()]

        return found if all(self._will_tell(*witness, self.began_ns) for witness in found) else None

    def _distinct(self) -> Iterator[tuple[tuple[str, bool], Status]]:
        """Give what was asked, but for what is no link only once: it leads nowhere else."""
        for (path, follow), status in self._statuses.items():
            if not follow or self._statuses.get((path, False)) != status:
                yield (path, follow), status

    def _will_tell(self, path: str, how: int, status: Status, since_ns: int) -> bool:
        """Tell whether a witness is as it was, and any change of it after ``since_ns`` would show."""
        if status_of(path, how & ~LISTED) != status:
            return False

        if isinstance(status, int) or how & IDENTITY or path == os.devnull:
            return True

        _, changed, _, mode, *_ = status
        settling = SETTLING_NS if changed % 1_000_000_000 else SETTLING_COARSE_NS
        is_plain = stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)

        return is_plain and changed + settling < since_ns


def _witness(path: str, follow: bool, status: Status) -> Witness:
    """Return the witness of what was asked about: of a folder which one it is, not what is in it."""
    how = 0 if follow else NOT_FOLLOWED

    if isinstance(status, int) or not stat.S_ISDIR(status[3]):
        return path, how, status

    return path, how | IDENTITY, status[3:]


def _folders_above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _place_of(module: str) -> str:
    """Return what changes when a module does: in an environment the folder that packages come and go in.

    Nothing for what comes with the interpreter, whose version is part of every question.
    """
    for folder in _PLACES_OF_PACKAGES:
        above, found, _ = module.rpartition(folder)

        if found:
            return f"{above}{folder}"

    return "" if module.startswith(f"{os.path.dirname(os.__file__)}/") else module


def forego() -> None:
    """Say that what the run does or tells rests on something that is not to be looked at again."""
    if Trace.current is not None:
        Trace.current.is_unfit = True


def holds_until(moment: float) -> None:
    """Say that the answer rests on something that holds until ``moment``, in seconds since 1970."""
    if Trace.current is not None:
        Trace.current.until = min(Trace.current.until, moment)


def nothing_to_do() -> None:
    """Say that the run has found nothing to do; only such runs are remembered."""
    if Trace.current is not None:
        Trace.current.found_nothing_to_do = True


def decided(root: str, checked: Iterable[str]) -> None:
    """Say that the run knows what to do, and begins to change the environment at ``root``.

    ``checked`` are the folders whose files are looked at whenever the change is made.
    """
    if Trace.current is not None:
        Trace.current.decide(root, frozenset(checked))


def may_be_repeated() -> bool:
    """Tell whether what the run does may be done again without the thinking; see `has_changed`."""
    return Trace.current is not None and not Trace.current.is_unfit


def has_changed(change: tuple[Any, ...]) -> None:
    """Say what the run has changed: all that takes to do it again, in values that `marshal` takes."""
    if Trace.current is not None:
        Trace.current.change = change


def uses_cache(root: str) -> None:
    """Say which cache the run works with."""
    if Trace.current is not None:
        Trace.current.use_cache(root)
