"""The options about locks, in the groups that commands take (see `option_groups`)."""

from __future__ import annotations

from zephyr.cli.option_groups import OptionGroup, option
from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated


Texts = list[str] | None


@dataclass(frozen=True)
class ActivationOptions(OptionGroup):
    """Which extras and dependency groups of a lock are meant."""

    extra: Annotated[
        Texts, option("--extra", metavar="NAME", help="With what this extra of the project needs.")
    ] = None
    all_extras: Annotated[bool, option("--all-extras", help="With what all extras need.")] = False
    group: Annotated[
        Texts, option("--group", metavar="NAME", help="With what this dependency group needs.")
    ] = None
    all_groups: Annotated[bool, option("--all-groups", help="With what all dependency groups need.")] = False
    no_group: Annotated[
        Texts, option("--no-group", metavar="NAME", help="Without this dependency group.")
    ] = None
    only_group: Annotated[
        Texts,
        option("--only-group", metavar="NAME", help="Nothing but this dependency group and what it needs."),
    ] = None
    no_default_groups: Annotated[
        bool, option("--no-default-groups", help="Without the groups that are on by default.")
    ] = False


@dataclass(frozen=True)
class LockOptions(OptionGroup):
    """What is locked, and how much of an existing lock is kept."""

    platform: Annotated[
        Texts,
        option(
            "--platform", metavar="PLATFORM", help="Lock for this platform only: linux-x86_64, macos-arm64…"
        ),
    ] = None
    upgrade_group: Annotated[
        Texts, option("--upgrade-group", metavar="GROUP", help="As --upgrade, for what this group requires.")
    ] = None
    script: Annotated[
        str | None,
        option("--script", metavar="FILE", help="Lock what this script's inline metadata requires."),
    ] = None
    lock_file: Annotated[
        str | None,
        option(
            "--output", "-o", metavar="FILE", help="The lock file; pylock.toml by default, - to print it."
        ),
    ] = None


@dataclass(frozen=True)
class SyncOptions(OptionGroup):
    """How far a lock is trusted, and how equal to it an environment is made."""

    locked: Annotated[bool, option("--locked", help="Fail if the lock is stale, instead of renewing it.")] = (
        False
    )
    frozen: Annotated[
        bool, option("--frozen", help="Take the lock as it is; no project file is looked at.")
    ] = False
    inexact: Annotated[bool, option("--inexact", help="Keep packages that the lock does not have.")] = False
    check: Annotated[
        bool, option("--check", help="Change nothing; fail if the environment is not what the lock says.")
    ] = False
    no_install_project: Annotated[
        bool, option("--no-install-project", help="Without the project itself, only what it needs.")
    ] = False
    no_editable: Annotated[
        bool, option("--no-editable", help="Install the project and other folders as they are now.")
    ] = False
    python: Annotated[
        str | None,
        option("--python", "-p", metavar="PYTHON", help="The interpreter of the project's environment."),
    ] = None
    active: Annotated[
        bool, option("--active", help="The active environment instead of the project's own.")
    ] = False
    mirror: Annotated[
        Texts,
        option(
            "--mirror",
            metavar="INDEX=URL",
            help="Get the files that the lock has from INDEX from this index; their hashes must be the same.",
        ),
    ] = None


@dataclass(frozen=True)
class LockTargetOptions(OptionGroup):
    """Which environment a lock is read for."""

    python_version: Annotated[
        str | None,
        option("--python-version", metavar="X.Y[.Z]", help="For this Python, instead of the one here."),
    ] = None
    platform: Annotated[
        str | None,
        option("--platform", metavar="PLATFORM", help="For this platform, for example linux-x86_64."),
    ] = None
