"""Which environments use which digests, so that pruning keeps what they need."""

from __future__ import annotations

import os

from zephyr_cache.layout import ENVIRONMENTS

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zephyr_cache.records import Records


def register(records: Records, environment: str, digests: Iterable[str]) -> None:
    """Keep the digests that the environment at this path uses, instead of those kept before."""
    # As JSON: digests are hexadecimal, and need no escapes.
    data = "[" + ",".join([f'"{digest}"' for digest in sorted(set(digests))]) + "]"
    records.write(ENVIRONMENTS, os.path.realpath(environment), data.encode())


def registered(records: Records) -> Mapping[str, frozenset[str]]:
    """Give each environment's digests; an environment whose folder is gone is forgotten."""
    import json

    found: dict[str, frozenset[str]] = {}
    for environment, data in list(records.entries(ENVIRONMENTS)):
        if os.path.isdir(environment):
            found[environment] = frozenset(json.loads(data))
        else:
            records.forget(ENVIRONMENTS, environment)

    return found
