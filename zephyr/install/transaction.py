"""Changes an environment all at once: before or after, never between (docs/transactions.md).

    with Transaction.begin(destination, cache) as transaction:
        contents = [transaction.stage(incoming) for incoming in wheels]
        situation = transaction.observe(contents, leaving, staying)
        report = transaction.commit(make_plan(contents, leaving, situation))

What is planned already (`zephyr.install.carrying_out`) takes `lay_out` and `carry_out` alone, and loads
nothing that plans.

The environment's lock is held throughout. Nothing outside the private folders changes before
`commit`, and that undoes everything it did if anything fails.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock
from contextlib import ExitStack, contextmanager

from zephyr.dataclass import dataclass
from zephyr.install import journal
from zephyr.install.errors import DamagedTree, RecoveryPending, changing
from zephyr.install.filesystem import FileSystem
from zephyr.install.journal import Journal, Phase
from zephyr.install.linking import linker_for
from zephyr.install.opening import TransactionOptions, close_private, locked, make_private
from zephyr.install.operations import Place, Retire, perform
from zephyr.install.preflight import preflight, refuse_without_room
from zephyr.install.private import private_folders
from zephyr.install.recovery import clear_leftovers, remove_quietly, sync_folders, sync_mounts, undo
from zephyr.install.staging import stage, staging_of
from zephyr.install.state import NAME, encode_state

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from zephyr.install.contents import Contents, Incoming
    from zephyr.install.destination import Destination
    from zephyr.install.operations import Arrival, Departure
    from zephyr.install.owned import Owned
    from zephyr.install.plan import Plan
    from zephyr.install.private import PrivateFolders
    from zephyr.install.situation import Situation
    from zephyr.install.staging import Staging
    from zephyr.model.environment import InstalledDistribution
    from zephyr_cache import Cache, Tree
    from zephyr_cache.link import Linker


@dataclass(frozen=True, slots=True)
class Report:
    """What a commit did."""

    plan: Plan
    window: float
    """Seconds in which other processes could see neither the old nor the new whole."""
    renames: int
    """How many moves that took."""


class Transaction:
    """One change of one environment; made by `begin`."""

    def __init__(
        self,
        destination: Destination,
        private: PrivateFolders,
        cache: Cache,
        options: TransactionOptions,
        filesystem: FileSystem,
    ) -> None:
        self._destination = destination
        self.private = private
        self._cache = cache
        self._options = options
        self._filesystem = filesystem
        self.staged: dict[str, Staging] = {}
        """How the distributions that were staged are laid out, by name."""
        self.journaled = b""
        """The journal that was written."""
        self._linkers: dict[str, Linker] = {}
        self._guard = allocate_lock()

    @classmethod
    @contextmanager
    def begin(
        cls,
        destination: Destination,
        cache: Cache,
        options: TransactionOptions | None = None,
        filesystem: FileSystem | None = None,
    ) -> Generator[Transaction]:
        """Lock the environment, finish what was interrupted there, and open a transaction.

        Raises EnvironmentLocked, JournalError, RecoveryPending and
        EnvironmentChangeError.
        """
        options = options or TransactionOptions()
        filesystem = filesystem or FileSystem()

        with ExitStack() as stack:
            with changing("opening the environment"):
                stack.enter_context(locked(destination, filesystem, options.timeout, options.waiting))
                private = private_folders(destination)
                clear_leftovers(private.bases(), filesystem)
                stack.callback(close_private, private, filesystem)
                make_private(private, filesystem)

            yield cls(destination, private, cache, options, filesystem)

    def stage(self, incoming: Incoming) -> Contents:
        """Lay one wheel out beside its destination; threads may stage different wheels at once.

        Raises DamagedTree where the cache's files are not what they were, ScriptError and
        EnvironmentChangeError.
        """
        from zephyr.install.contents import contents_of

        self._verify(incoming.wheel.tree)

        if incoming.bytecode is not None:
            self._verify(incoming.bytecode)

        with changing(f"staging {incoming.name}"):
            contents = contents_of(incoming, self._destination)
            base = self.private.base(contents.dist_info)
            staging = staging_of(contents, self._staging_folders(contents), base)

            try:
                self.lay_out(staging)
            except BaseException:
                self._verify(incoming.wheel.tree)
                raise

        self.staged[contents.name] = staging

        return contents

    def lay_out(self, staging: Staging) -> None:
        """Do what `stage` has worked out, with cached files that have been looked at. Raises OSError."""
        try:
            linker = self._linker(staging.base)
            refuse_without_room(staging, linker)
            stage(staging, self._filesystem, linker)
        except BaseException:
            # So that it can be staged again once the cache has been healed.
            for folder in staging.folders:
                remove_quietly(folder, self._filesystem)

            raise

    def observe(
        self,
        incoming: Sequence[Contents],
        leaving: Sequence[Owned],
        staying: Sequence[InstalledDistribution],
    ) -> Situation:
        """Look at what a plan for these depends on. Raises EnvironmentChangeError, StateTooNew."""
        from zephyr.install.situation import observe

        with changing("reading the environment"):
            return observe(self._destination, self.private, incoming, leaving, staying)

    def commit(self, plan: Plan) -> Report:
        """Carry the plan out, or leave everything as it was.

        Raises EnvironmentChangeError when it was undone, RecoveryPending when undoing failed too
        and the next command has to.
        """
        state = encode_state(plan.state, self._destination.root)
        window, renames = self.carry_out(plan.departures, plan.arrivals, state, plan.texts)

        return Report(plan, window, renames)

    def carry_out(
        self,
        departures: Sequence[Departure],
        arrivals: Sequence[Arrival],
        state: bytes,
        texts: Mapping[str, bytes] | None = None,
        *,
        journaled: bytes | None = None,
    ) -> tuple[float, int]:
        """Do what a plan comes down to, as `commit`; return the window and how many moves there were.

        ``journaled`` is the journal of the same operations, where it has been encoded before.
        """
        with changing("changing the environment"):
            intent = self._prepare(departures, arrivals, state, texts or {})

        try:
            with changing("changing the environment"):
                self.journaled = journaled or journal.encode(intent)
                journal.begin(intent, self.journaled, self.private.root, self._filesystem)
                window = self._carry_out(intent)
        except BaseException as error:
            self._roll_back(intent, error)
            raise

        return window, len(intent.departures) + len(intent.arrivals)

    def _prepare(
        self,
        departures: Sequence[Departure],
        arrivals: Sequence[Arrival],
        state: bytes,
        texts: Mapping[str, bytes],
    ) -> Journal:
        """Write the new state and make durable everything that will be renamed in."""
        path = f"{self.private.root}/{NAME}"
        fresh = f"{self.private.transaction(self.private.root)}/{NAME}"
        arrivals = (*arrivals, Place(fresh, path))

        if os.path.lexists(path):
            departures = (*departures, Retire(path, f"{fresh}-before"))

        preflight((*departures, *arrivals))
        self._filesystem.write(fresh, state)

        for private, text in texts.items():
            self._filesystem.write(private, text)

        for base in self.private.bases():
            self._filesystem.sync_contents(base)

        return Journal(self._destination.root, tuple(departures), tuple(arrivals))

    def _carry_out(self, intent: Journal) -> float:
        root = self.private.root
        started = time.perf_counter()

        piecemeal = [perform(departure, self._filesystem) for departure in intent.departures]

        if intent.departures:
            journal.rename(root, Phase.LEAVING, f"{root}/{Phase.ARRIVING.value}", self._filesystem)

        piecemeal += [perform(arrival, self._filesystem) for arrival in intent.arrivals]
        window = time.perf_counter() - started
        sync = sync_mounts if any(piecemeal) else sync_folders
        sync(intent, self._filesystem)
        journal.rename(root, Phase.ARRIVING, self._finished, self._filesystem)

        return window

    def _roll_back(self, intent: Journal, cause: BaseException) -> None:
        root = self.private.root

        try:
            if os.path.lexists(self._finished):
                self._filesystem.rename(self._finished, f"{root}/{Phase.ARRIVING.value}")

            for phase in (Phase.ARRIVING, Phase.LEAVING):
                if os.path.lexists(f"{root}/{phase.value}"):
                    undo(intent, phase, root, self._filesystem)

                    return
        except OSError as error:
            raise RecoveryPending(
                f"{self._destination.root}: a failed change could not be undone: {error}",
                hint="The next command that uses this environment tries again.",
                details=(str(cause),),
            ) from cause

    @property
    def _finished(self) -> str:
        return f"{self.private.transaction(self.private.root)}/journal-finished"

    def _verify(self, tree: Tree) -> None:
        damaged = self._cache.damaged(tree)

        if damaged:
            raise DamagedTree(
                f"The cached file {damaged[0].path!r} was changed after it was unpacked",
                tree.digest,
                tree.variant,
            )

    def _staging_folders(self, contents: Contents) -> dict[str, str]:
        """Return where each section is staged."""
        display_name = contents.incoming.wheel.display_name

        return {
            section: self.private.staged(
                self._destination.folder(section, display_name), contents.name, section
            )
            for section in contents.sections()
        }

    def _linker(self, base: str) -> Linker:
        with self._guard:
            if base not in self._linkers:
                folder = self.private.transaction(base)
                self._linkers[base] = linker_for(self._cache, folder, self._options.link_mode)

            return self._linkers[base]
