"""Which of the files that an index offers are looked at: pip's package selection options."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from packaging.utils import canonicalize_name

from zephyr.cli.install_rules import ConflictingOptions
from zephyr.cli.option_groups import OptionGroup, option
from zephyr.cli.option_values import rules_of
from zephyr.cli.options import BuildingOptions, ResolverOptions
from zephyr.metadata.request import ALL, PreReleases
from zephyr.metadata.requirements_file import RequirementsFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from zephyr.metadata.request import Rules

Texts = list[str] | None
DURATION = re.compile(r"P(\d{1,6})D")


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


def rules_for(options: SelectionOptions, name: NormalizedName) -> Rules:
    """Return the rules for the files of project ``name``.

    A pre-release is looked at where it was asked for, never only because there is no other version. Raises
    `ConflictingOptions`, and `UsageError` for a date that is none.
    """
    if options.pre and (options.all_releases or options.only_final):
        raise ConflictingOptions(
            "--pre cannot be used with --all-releases or --only-final",
            hint="--pre is --all-releases :all:.",
        )

    rules = rules_of(
        ResolverOptions(exclude_newer=_moment(options.uploaded_prior_to)),
        BuildingOptions(
            no_binary=options.no_binary,
            only_binary=options.only_binary,
            prefer_binary=options.prefer_binary,
        ),
        RequirementsFile(),
    )
    allowed = options.pre or _covers(options.all_releases, name)
    chosen = PreReleases.ALLOW if allowed and not _covers(options.only_final, name) else PreReleases.DISALLOW

    return replace(rules, pre_releases=chosen)


def _moment(text: str | None) -> str | None:
    """Return ``P<n>D``, so many days ago, as an instant; every other text as it is."""
    found = DURATION.fullmatch(text or "")

    return (datetime.now(UTC) - timedelta(days=int(found[1]))).isoformat() if found else text


def _covers(values: Iterable[str] | None, name: NormalizedName) -> bool:
    """Understand names joined by commas, ``:all:``, and ``:none:`` to begin anew."""
    covered = False

    for word in ",".join(values or ()).split(","):
        if word == ":none:":
            covered = False
        elif word == ALL or (word and canonicalize_name(word) == name):
            covered = True

    return covered
