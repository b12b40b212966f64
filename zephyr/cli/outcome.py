"""What an install or a sync did to an environment, or would do, in words and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zephyr.cli.output import plural
from zephyr.cli.pip_lines import pip_lines
from zephyr.cli.report import write_report
from zephyr.memo.duration import shown_seconds
from zephyr.memo.trace import nothing_to_do

if TYPE_CHECKING:
    from zephyr.cli.options import InstallerOptions
    from zephyr.cli.output import Output
    from zephyr.pipeline.outcome import InstallOutcome


def tell_outcome(outcome: InstallOutcome, options: InstallerOptions, output: Output) -> None:
    """Say what was done, and write what ``--report`` or ``--json`` asks for."""
    _tell(outcome, output)

    if options.report is not None:
        write_report(outcome, options.report, output)
    elif options.json:
        output.result_json(_as_json(outcome))


def tell_as_pip(outcome: InstallOutcome, options: InstallerOptions, output: Output) -> None:
    """Print pip's own lines, unless standard output is for a document."""
    if options.report != "-" and not options.json:
        for line in pip_lines(outcome):
            output.result(line)


def _tell(outcome: InstallOutcome, output: Output) -> None:
    for warning in outcome.warnings:
        output.warn(warning)

    if not outcome.changes:
        nothing_to_do()
        output.say(f"Nothing to do: {plural(outcome.checked, 'package')} checked")
        return

    if outcome.resolved is not None:
        taken = shown_seconds(outcome.resolved)
        output.say(f"Resolved {plural(len(outcome.pins), 'package')} in {taken}")

    if outcome.dry_run:
        output.say(f"Would change {plural(len(outcome.changes), 'package')}:")
    else:
        count = plural(len(outcome.changes), "package")
        output.say(f"Changed {count} in {shown_seconds(outcome.seconds)}, {outcome.environment}")

    for change in outcome.changes:
        output.change(change.sign, str(change))


def _as_json(outcome: InstallOutcome) -> dict[str, Any]:
    return {
        "environment": outcome.environment,
        "dry_run": outcome.dry_run,
        "changes": [
            {
                "name": change.name,
                "before": change.before and str(change.before),
                "after": change.after and str(change.after),
            }
            for change in outcome.changes
        ],
        "warnings": list(outcome.warnings),
    }
