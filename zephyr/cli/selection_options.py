"""Which of the files that an index offers are looked at: pip's package selection options."""

from __future__ import annotations

from zephyr.cli.option_groups import OptionGroup, option
from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated

Texts = list[str] | None


@dataclass(frozen=True)
class ReleaseOptions(OptionGroup):
    """Which releases of a project are looked at."""

    pre: Annotated[bool, option("--pre", help="Allow pre-releases too.")] = False
    all_releases: Annotated[
        Texts, option("--all-releases", metavar="NAMES", help="Allow pre-releases of these (:all:, :none:).")
    ] = None
    only_final: Annotated[
        Texts, option("--only-final", metavar="NAMES", help="Allow no pre-releases of these (:all:, :none:).")
    ] = None
    exclude_newer: Annotated[
        str | None,
        option(
            "--exclude-newer",
            "--uploaded-prior-to",
            metavar="DATE",
            help="Leave out files uploaded after this date, or less than P<n>D days ago.",
        ),
    ] = None


@dataclass(frozen=True)
class FormatOptions(OptionGroup):
    """Which kinds of files of a release are looked at."""

    only_binary: Annotated[
        Texts,
        option("--only-binary", metavar="NAMES", help="Take only wheels of these (:all: for every package)."),
    ] = None
    no_binary: Annotated[
        Texts, option("--no-binary", metavar="NAMES", help="Take no wheels of these (:none: undoes it).")
    ] = None
    prefer_binary: Annotated[
        bool, option("--prefer-binary", help="Take an older wheel rather than a newer source.")
    ] = False


@dataclass(frozen=True)
class SelectionOptions(ReleaseOptions, FormatOptions):
    """What is to be looked at, by a command that takes nothing of it."""

    refresh_package: Annotated[
        Texts, option("--refresh-package", metavar="NAMES", help="Ask the index anew for these (:all:).")
    ] = None
