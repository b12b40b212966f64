"""Which of the files that an index offers are looked at: pip's package selection options."""

from __future__ import annotations

from zephyr.cli.option_groups import OptionGroup, option

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated

Texts = list[str] | None


class SelectionOptions(OptionGroup):
    """What is to be looked at."""

    pre: Annotated[bool, option("--pre", help="Look at pre-releases too.")] = False
    all_releases: Annotated[
        Texts,
        option("--all-releases", metavar="NAMES", help="Look at pre-releases of these (:all:, :none:) too."),
    ] = None
    only_final: Annotated[
        Texts,
        option("--only-final", metavar="NAMES", help="Look at no pre-releases of these (:all:, :none:)."),
    ] = None
    no_binary: Annotated[
        Texts, option("--no-binary", metavar="NAMES", help="Look at no wheels of these (:all:, :none:).")
    ] = None
    only_binary: Annotated[
        Texts, option("--only-binary", metavar="NAMES", help="Look at wheels only of these (:all:, :none:).")
    ] = None
    prefer_binary: Annotated[
        bool, option("--prefer-binary", help="Take an older wheel rather than a newer source.")
    ] = False
    uploaded_prior_to: Annotated[
        str | None,
        option(
            "--uploaded-prior-to",
            "--exclude-newer",
            metavar="DATE",
            help="Leave out files uploaded after this date, or less than P<n>D days ago.",
        ),
    ] = None
    refresh_package: Annotated[
        Texts, option("--refresh-package", metavar="NAMES", help="Ask the index anew for these (:all:).")
    ] = None
