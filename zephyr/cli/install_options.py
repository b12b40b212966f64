"""The options of ``zephyr install`` alone: what of the environment counts, and what is warned of."""

from __future__ import annotations

from zephyr.cli.general_options import NO_EFFECT
from zephyr.cli.option_groups import OptionGroup, option
from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated, Literal

Texts = list[str] | None


@dataclass(frozen=True)
class ScopeOptions(OptionGroup):
    """What of the environment and of what is known of the index is left as it is."""

    upgrade_strategy: Annotated[
        Literal["only-if-needed", "eager"],
        option(
            "--upgrade-strategy", help="What --upgrade does with dependencies: only those that must, or all."
        ),
    ] = "only-if-needed"
    ignore_installed: Annotated[
        bool,
        option("--ignore-installed", "-I", help="Choose and install as if nothing were installed yet."),
    ] = False
    refresh_package: Annotated[
        Texts,
        option("--refresh-package", metavar="NAMES", help="Ask the index again, for these at least (:all:)."),
    ] = None


@dataclass(frozen=True)
class WarningOptions(OptionGroup):
    """What is warned of."""

    no_warn_conflicts: Annotated[
        bool, option("--no-warn-conflicts", help="Do not tell which other packages no longer fit.")
    ] = False
    no_warn_script_location: Annotated[bool, option("--no-warn-script-location", help=NO_EFFECT)] = False
    root_user_action: Annotated[Literal["warn", "ignore"], option("--root-user-action", help=NO_EFFECT)] = (
        "warn"
    )
