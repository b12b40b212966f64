"""``zephyr install -r pylock.toml``: what a lock has by default, beside whatever is installed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.cli.context import cache_location
from zephyr.cli.option_values import building_of, installation_of, network_of, rules_of, sources_of
from zephyr.cli.remote_files import fetcher
from zephyr.errors import UsageError
from zephyr.metadata.requirements_file import RequirementsFile
from zephyr.pipeline.request import SyncRequest

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from zephyr.cli.install_request import Asked


class LockWithRequirements(UsageError):
    """Raised where a lock is to be installed together with what is not locked."""

    id = "lock-with-requirements"


class LockRemote(UsageError):
    """Raised for the address of a lock, where a file is needed."""

    id = "lock-remote"


def lock_among(asked: Asked) -> str | None:
    """Return the lock file that ``-r`` names, None where it names none.

    Raises `LockWithRequirements` where anything else is asked for, as a lock is complete, and `LockRemote`.
    """
    files = asked.resolver.requirement or ()
    lock = next((file for file in files if is_lock_name(file)), None)

    if lock is None:
        return None

    if "://" in lock:
        raise LockRemote(
            "A lock is read from a file, and -r names the address of one",
            hint="Download it, check where it comes from, and name the file.",
        )

    others = {
        "another -r": len(files) > 1,
        "--constraint": asked.resolver.constraint,
        "--editable": asked.editables,
        "--group": asked.inputs.group,
        "--extra": asked.inputs.extra or asked.inputs.all_extras,
        "--requirements-from-script": asked.inputs.requirements_from_script,
        "--upgrade": asked.resolver.upgrade or asked.resolver.upgrade_package,
        "--python-version": asked.foreign.python_version,
        "--platform": asked.foreign.platforms,
        "--implementation": asked.foreign.implementation,
        "--abi": asked.foreign.abis,
        "--only-deps": asked.amendments.only_deps,
        "--override": asked.amendments.override,
        "--exclude": asked.amendments.exclude,
    }
    named = [*asked.packages, *(option for option, is_given in others.items() if is_given)]

    if named:
        raise LockWithRequirements(
            f"{lock} says exactly what to install, and {named[0]} asks for something else too",
            hint="Install the lock by itself, or lock it all together.",
        )

    return lock


def is_lock_name(file: str) -> bool:
    """Tell whether a requirements file is a lock by its name (PEP 751)."""
    name = os.path.basename(file.partition("?")[0])

    if not name.startswith("pylock."):
        return False

    from pathlib import Path

    from packaging.pylock import is_valid_pylock_path

    return is_valid_pylock_path(Path(name))


def install_lock_request(asked: Asked, path: str, document: Pylock) -> SyncRequest:
    """Return the request to install what ``document``, the lock at ``path``, has by default."""
    files = RequirementsFile()
    rules = rules_of(asked.resolver, asked.building, files)

    return SyncRequest(
        document=document,
        path=path,
        environment=asked.environment,
        exact=False,
        no_binary=rules.no_binary,
        no_build=rules.no_build,
        sources=sources_of(asked.sources, files),
        network=network_of(asked.network, asked.sources, files),
        refresh=asked.sources.refresh,
        cache=cache_location(asked.cache),
        installation=installation_of(asked.installer),
        building=building_of(asked.building, fetch=fetcher(asked.network, asked.sources)),
    )
