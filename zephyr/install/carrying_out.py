"""Carries a prepared change out again: everything of a transaction but the planning.

The environment's lock, the check of each cached file, the journal, the syncs and the registration are those
of every other change. Whatever is not as it was is no failure: the change has to be planned anew.
"""

from __future__ import annotations

from zephyr.install.destination import Destination
from zephyr.install.opening import TransactionOptions
from zephyr.install.private import PrivateFolders
from zephyr.install.survey import list_folder
from zephyr.install.transaction import Transaction
from zephyr.install.two_processes import halves, in_two_processes
from zephyr_cache.checking import differing
from zephyr_cache.link import LinkMode

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from zephyr.install.filesystem import FileSystem
    from zephyr.install.prepared import Laid, Prepared
    from zephyr_cache import Cache


class NotAsBefore(Exception):
    """Raised where a cached file or the environment is not what the change was prepared for."""


def carry_out(
    change: Prepared,
    cache: Cache,
    link_mode: str | None,
    is_as_before: Callable[[str], bool],
    filesystem: FileSystem | None = None,
) -> None:
    """Make the change, all or nothing.

    ``is_as_before`` tells, under the environment's lock, whether all else that the change rests on is in the
    environment as it was; it is given the private folder, which does not count. Nobody is waited for: where
    another command holds the lock, that is EnvironmentLocked at once. Raises NotAsBefore, and what a
    transaction raises; nothing has changed then.
    """
    destination = Destination(*change.destination)
    options = TransactionOptions(timeout=0, link_mode=LinkMode(link_mode) if link_mode else None)

    with Transaction.begin(destination, cache, options, filesystem) as transaction:
        private = transaction.private

        if private != PrivateFolders(*change.private) or not is_as_before(private.root):
            raise NotAsBefore

        here, there = halves(change.distributions, _file_count)

        if not in_two_processes(here, there, lambda one: _lay_out(one, transaction, cache)):
            raise NotAsBefore

        if any(list_folder(folder) != names for folder, names in change.listed.items()):
            raise NotAsBefore

        transaction.carry_out((), change.arrivals, change.state, journaled=change.journal)

    cache.register(destination.root, change.registered)


def _file_count(one: Laid) -> int:
    return sum([len(paths) for _, paths, *_ in one.looks])


def _lay_out(one: Laid, transaction: Transaction, cache: Cache) -> None:
    if any(differing(*look) for look in one.looks):
        raise NotAsBefore

    cache.touch(one.wheel)
    transaction.lay_out(one.staging)
