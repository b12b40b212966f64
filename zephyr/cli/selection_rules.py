"""What pip's package selection options mean, as the rules by which files are chosen."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from zephyr.cli.install_rules import ConflictingOptions
from zephyr.cli.option_values import rules_of
from zephyr.cli.options import BuildingOptions, ResolverOptions
from zephyr.dataclass import replace
from zephyr.metadata.request import ALL, PreReleases
from zephyr.metadata.requirements_file import RequirementsFile
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from zephyr.cli.selection_options import SelectionOptions
    from zephyr.metadata.request import Rules

DURATION = re.compile(r"P(\d{1,6})D")


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
        ResolverOptions(exclude_newer=_moment(options.exclude_newer)),
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
