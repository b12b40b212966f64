"""The options of ``zephyr install`` alone: what of the requirements and of the environment counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from zephyr.cli.general_options import NO_EFFECT
from zephyr.cli.option_groups import option
from zephyr.pipeline.request import UpgradeStrategy

Texts = list[str] | None


class RootUserAction(Enum):
    """What pip says to the superuser."""

    WARN = "warn"
    IGNORE = "ignore"


@dataclass(frozen=True)
class ScopeOptions:
    """What is taken along, and what of the environment is left as it is."""

    upgrade_strategy: Annotated[
        UpgradeStrategy,
        option(
            "--upgrade-strategy", help="What --upgrade does with dependencies: only those that must, or all."
        ),
    ] = UpgradeStrategy.ONLY_IF_NEEDED
    ignore_installed: Annotated[
        bool,
        option("--ignore-installed", "-I", help="Choose and install as if nothing were installed yet."),
    ] = False
    only_deps: Annotated[
        bool, option("--only-deps", "--only-dependencies", help="Install what these need, not themselves.")
    ] = False
    override: Annotated[
        Texts,
        option(
            "--override",
            "--overrides",
            metavar="FILE",
            help="Requirements that stand in for all others of their names.",
        ),
    ] = None
    exclude: Annotated[
        Texts, option("--exclude", metavar="NAME", help="Leave this package out, whoever requires it.")
    ] = None
    ignore_requires_python: Annotated[
        bool, option("--ignore-requires-python", help="Take also what says that it is not for this Python.")
    ] = False
    refresh_package: Annotated[
        Texts,
        option("--refresh-package", metavar="NAMES", help="Ask the index again, for these at least (:all:)."),
    ] = None


@dataclass(frozen=True)
class WarningOptions:
    """What is warned of."""

    no_warn_conflicts: Annotated[
        bool, option("--no-warn-conflicts", help="Do not tell which other packages no longer fit.")
    ] = False
    no_warn_script_location: Annotated[bool, option("--no-warn-script-location", help=NO_EFFECT)] = False
    root_user_action: Annotated[RootUserAction, option("--root-user-action", help=NO_EFFECT)] = (
        RootUserAction.WARN
    )
