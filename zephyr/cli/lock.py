"""``zephyr lock``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from zephyr.cli.amendment_options import AmendmentOptions
from zephyr.cli.context import output_of
from zephyr.cli.input_options import InputOptions
from zephyr.cli.lock_options import LockOptions
from zephyr.cli.lock_request import lock_request
from zephyr.cli.lock_words import LockWords
from zephyr.cli.option_groups import Given, argument, command, option
from zephyr.cli.options import (
    BuildingOptions,
    CacheOptions,
    NetworkOptionsGroup,
    OutputOptions,
    ResolverOptions,
    SourceOptions,
    TimingOptions,
)
from zephyr.cli.output import plural
from zephyr.cli.watched import watched
from zephyr.errors import UsageError
from zephyr.memo.duration import shown_seconds
from zephyr.memo.trace import nothing_to_do

if TYPE_CHECKING:
    from zephyr.cli.output import Output
    from zephyr.pipeline.lock import LockOutcome


@command
def lock(
    given: Given,
    lock: LockOptions,
    inputs: InputOptions,
    amendments: AmendmentOptions,
    resolver: ResolverOptions,
    building: BuildingOptions,
    sources: SourceOptions,
    cache: CacheOptions,
    network: NetworkOptionsGroup,
    output: OutputOptions,
    timing: TimingOptions,
    packages: Annotated[
        list[str] | None,
        argument(help="Requirements to lock instead of the project, as zephyr install takes them."),
    ] = None,
    editable: Annotated[
        list[str] | None,
        option(
            "--editable", "-e", metavar="PATH", help="Lock a project that is to be installed as editable."
        ),
    ] = None,
    python: Annotated[
        str | None,
        option("--python", "-p", metavar="PYTHON", help="The interpreter that builds what has to be built."),
    ] = None,
    check: Annotated[
        bool, option("--check", "--locked", help="Change nothing; fail if the lock is stale.")
    ] = False,
    dry_run: Annotated[bool, option("--dry-run", help="Only say what would be changed.")] = False,
    json: Annotated[bool, option("--json", help="Tell what was done as JSON on standard output.")] = False,
) -> None:
    """Write a lock for every platform and Python.

    It is for those that the project supports (PEP 751), and every other tool can install it. What is named
    (packages, files, groups) is locked instead of the project.
    """
    words = LockWords(
        lock,
        resolver,
        building,
        sources,
        network,
        cache,
        python,
        given,
        packages or (),
        editable or (),
        inputs,
        amendments,
    )
    outcome = _locked(words, output, timing, write=not (check or dry_run), json=json)

    if check and outcome.changed:
        raise SystemExit(1)


def _locked(
    words: LockWords, options: OutputOptions, timing: TimingOptions, *, write: bool, json: bool
) -> LockOutcome:
    """Lock, and tell what came of it."""
    from zephyr.pipeline.lock import run_lock

    if json and words.is_printed:
        raise UsageError(
            "--json and --output - both want standard output",
            hint="Name a file with --output.",
            id="conflicting-options",
        )

    say = output_of(options)
    request = lock_request(words, write=write)

    outcome = watched("zephyr lock", partial(run_lock, request), options, timing, say)
    tell_lock(outcome, say, written=request.write)

    if words.is_printed:
        say.result_document(outcome.text)

    if json:
        say.result_json(_as_json(outcome))

    return outcome


def tell_lock(outcome: LockOutcome, output: Output, *, written: bool) -> None:
    """Say what is new in a lock, or would be."""
    for warning in outcome.warnings:
        output.warn(warning)

    count = plural(len(outcome.document.packages), "package")

    if not outcome.changed:
        nothing_to_do()
        output.say(f"Nothing to do: {count} checked")
        output.say(f"{outcome.path} is up to date")
        return

    output.say(f"Resolved {count} in {shown_seconds(outcome.seconds)}")

    for difference in outcome.stale:
        output.say(f"{'The lock was stale' if written else 'The lock is stale'}: {difference}")

    for change in outcome.changes:
        output.say(str(change))

    if outcome.document.packages and not (outcome.stale or outcome.changes):
        output.say("The versions stay; files, markers or dependencies in their entries are others")

    output.say(f"{'Wrote' if written else 'Would write'} {outcome.path}")


def _as_json(outcome: LockOutcome) -> dict[str, Any]:
    return {
        "lock": outcome.path,
        "changed": outcome.changed,
        "changes": [str(change) for change in outcome.changes],
        "stale": [str(difference) for difference in outcome.stale],
        "warnings": list(outcome.warnings),
    }
