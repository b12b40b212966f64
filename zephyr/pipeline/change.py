"""Changes an environment: stage, plan and commit under its lock (`zephyr.install.transaction`).

What is installed is read again once the lock is held. The plan is made of what is there then; where
versions were chosen for what another process has changed meanwhile, they have to be chosen again.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.environments.installed import read_installed
from zephyr.graph.events import Notice, Step
from zephyr.graph.node import Resource
from zephyr.graph.steps import step
from zephyr.install.closure import lives_in, own_closure
from zephyr.install.contents import Incoming
from zephyr.install.destination import Destination
from zephyr.install.errors import RemovalError
from zephyr.install.opening import TransactionOptions
from zephyr.install.owned import owned_files
from zephyr.install.plan import PlanOptions, make_plan
from zephyr.install.prepared import prepared
from zephyr.install.transaction import Transaction
from zephyr.memo.trace import decided, has_changed, may_be_repeated
from zephyr.pipeline.direct_url import Directs
from zephyr.pipeline.kept_change import kept_change
from zephyr.pipeline.overtaken import EnvironmentOvertaken

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence, Set

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.graph.events import Listener
    from zephyr.install.contents import Contents
    from zephyr.install.owned import Owned
    from zephyr.install.plan import Plan
    from zephyr.install.situation import Situation
    from zephyr.model.environment import Environment, InstalledDistribution
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.early_staging import EarlyStaging
    from zephyr.pipeline.request import Installation
    from zephyr_cache import Cache, Tree
    from zephyr_workers.wheel import UnpackedWheel


@dataclass(frozen=True, slots=True)
class Ordered:
    """What is to be changed: pins to install, with their wheels in the cache, and names to remove."""

    pins: tuple[Pin, ...] = ()
    wheels: Mapping[NormalizedName, UnpackedWheel] = field(
        default_factory=dict["NormalizedName", "UnpackedWheel"]
    )
    bytecode: Mapping[NormalizedName, Tree] = field(default_factory=dict["NormalizedName", "Tree"])
    directs: Directs = field(default_factory=Directs)
    removed: frozenset[NormalizedName] = frozenset()
    chosen_for: frozenset[tuple[NormalizedName, Version]] | None = None
    """What the environment itself held when this was chosen (see `held`); None where that is all one."""

    def incoming(self) -> list[Incoming]:
        """Return the wheels as the transaction takes them."""
        return [
            incoming_of(pin, self.wheels[pin.name], self.directs, self.bytecode.get(pin.name))
            for pin in self.pins
        ]


def incoming_of(pin: Pin, wheel: UnpackedWheel, directs: Directs, bytecode: Tree | None = None) -> Incoming:
    """Return the wheel of a pin as the transaction takes it."""
    return Incoming(
        wheel=wheel,
        requested=pin.requested,
        direct_url=directs.document(pin, wheel.sha256) if pin.direct else None,
        bytecode=bytecode,
        dependencies=pin.dependencies,
        source=directs.sources.get(pin.name),
    )


def held(
    environment: Environment, installed: Iterable[InstalledDistribution]
) -> frozenset[tuple[NormalizedName, Version]]:
    """Return the names and versions in the environment's own folders."""
    folders = {environment.scheme.purelib, environment.scheme.platlib}

    return frozenset({one.name: one.version for one in installed if one.location in folders}.items())


def change_environment(
    environment: Environment,
    ordered: Ordered,
    options: Installation,
    cache: Cache,
    listener: Listener,
    early: EarlyStaging | None = None,
) -> list[str]:
    """Install, replacing what is there of the same names, and remove, all at once; return warnings.

    ``early`` may have staged some of the wheels; it is closed in any case. A name to remove that is not
    installed is nothing to do. Raises EnvironmentOvertaken where the environment is not what the change was
    chosen for, DamagedTree for a cached wheel that was changed since it was unpacked, RemovalError for a
    distribution whose files nobody knows, and whatever planning and committing raise; the environment is then
    as it was.
    """
    decided(environment.root, [wheel.tree.path for wheel in ordered.wheels.values()])

    incoming = ordered.incoming()

    if early is not None and not early.holds_only(incoming):
        early.close()

    with _begun(environment, options, cache, listener, early) as (transaction, destination):
        installed = _read(environment)
        _refuse_overtaken(environment, installed, ordered)
        replaced = {pin.name for pin in ordered.pins}
        contents = _staged(transaction, incoming, early.contents if early is not None else {}, listener)

        with step(listener, "plan"):
            leaving = _leaving(installed, replaced, ordered.removed, destination, options)
            staying = [one for one in installed if one.name not in replaced | ordered.removed]
            situation = transaction.observe(contents, leaving, staying)
            protected = _protected(environment, destination, installed)
            plan = make_plan(
                contents, leaving, situation, PlanOptions(options.refuse_collisions, protected=protected)
            )

        with step(listener, "commit"):
            _commit(transaction, plan, environment, listener)

    _register(environment, plan, cache)

    if may_be_repeated() and environment.kind == "virtual" and not protected:
        _keep(plan, contents, transaction, situation, options, cache)

    return _warnings(plan, contents)


def _keep(
    plan: Plan,
    contents: Sequence[Contents],
    transaction: Transaction,
    situation: Situation,
    options: Installation,
    cache: Cache,
) -> None:
    """Keep the change for the next time that the same is asked of such an environment."""
    change = prepared(plan, contents, transaction.staged, situation, transaction.journaled)

    if change is not None and not cache.is_temporary:
        has_changed(kept_change(change, cache, options.link_mode))


def _leaving(
    installed: Iterable[InstalledDistribution],
    replaced: Set[NormalizedName],
    removed: Set[NormalizedName],
    destination: Destination,
    options: Installation,
) -> list[Owned]:
    """Return what goes away, with its files.

    What is replaced whatever it is, ``ignore_installed``, may be of unknown files: those then count as a
    user's. Raises RemovalError.
    """
    leaving: list[Owned] = []

    for one in installed:
        if one.name not in replaced | removed:
            continue

        try:
            leaving.append(owned_files(one, destination, replaced=one.name in replaced))
        except RemovalError:
            if not options.ignore_installed or one.name in removed:
                raise

    return leaving


def _refuse_overtaken(
    environment: Environment, installed: Iterable[InstalledDistribution], ordered: Ordered
) -> None:
    if ordered.chosen_for not in {None, held(environment, installed)}:
        raise EnvironmentOvertaken(
            f"Other commands changed {environment.root} again and again while this one chose versions",
            hint="Run the command again when the others are done.",
        )


@contextmanager
def _begun(
    environment: Environment,
    options: Installation,
    cache: Cache,
    listener: Listener,
    early: EarlyStaging | None,
) -> Generator[tuple[Transaction, Destination]]:
    """Open the transaction, or go on with that of ``early``."""
    if early is not None and early.transaction is not None:
        with early:
            yield early.transaction, Destination.of(environment)

        return

    def waiting(holder: str) -> None:
        text = f"Waiting for another command that changes {environment.root}: {holder}"
        listener(Notice("warning", text, time.monotonic()))

    destination = Destination.of(environment)
    settings = TransactionOptions(waiting=waiting, link_mode=options.link_mode)

    with Transaction.begin(destination, cache, settings) as transaction:
        yield transaction, destination


def _commit(transaction: Transaction, plan: Plan, environment: Environment, listener: Listener) -> None:
    report = transaction.commit(plan)
    window = f"{report.window * 1000:.1f} ms ({report.renames} moves)"
    text = f"{environment.root} was between before and after for {window}"
    listener(Notice("debug", text, time.monotonic()))


def _read(environment: Environment) -> Sequence[InstalledDistribution]:
    scheme = environment.scheme

    return read_installed((scheme.purelib, scheme.platlib)).distributions


def _staged(
    transaction: Transaction,
    incoming: Sequence[Incoming],
    already: Mapping[NormalizedName, Contents],
    listener: Listener,
) -> list[Contents]:
    """Stage all wheels but those that are ``already``.

    One after the other: two threads would wait for each other at each call that links a file.
    """
    staged = dict(already)

    for one in incoming:
        if one.name not in staged:
            begin = time.monotonic()
            staged[one.name] = transaction.stage(one)
            listener(Step("stage", one.name, Resource.LINK, begin, time.monotonic()))

    return [staged[one.name] for one in incoming]


def _protected(
    environment: Environment, destination: Destination, installed: Iterable[InstalledDistribution]
) -> frozenset[NormalizedName]:
    if not lives_in(destination):
        return frozenset()

    return own_closure(installed, environment.interpreter.markers)


def _register(environment: Environment, plan: Plan, cache: Cache) -> None:
    """Tell the cache what the environment uses, so that a prune keeps it."""
    if not cache.is_temporary:
        cache.register(environment.root, plan.state.wheels())


def _warnings(plan: Plan, contents: Iterable[Contents]) -> list[str]:
    warnings = list(plan.warnings)
    warnings += [warning for one in contents for warning in one.incoming.wheel.warnings]
    warnings += [f"{before} was in the way and has been moved to {after}" for before, after in plan.saved]
    warnings += [
        f"{collision.path} belongs to {' and '.join(collision.owners)}: {collision.owners[-1]}'s is in place"
        for collision in plan.collisions
        if not collision.identical
    ]

    return warnings
