"""``zephyr check``: whether what is installed fits together and into its environment."""

from __future__ import annotations

from zephyr.cli.context import output_of
from zephyr.cli.option_groups import command
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, TargetOptions
from zephyr.cli.viewing import ViewOptions, look, metadata_text
from zephyr.environments.check import check as check_distributions


@command
def check(
    target: TargetOptions, cache: CacheOptions, output: OutputOptions, _network: NetworkOptionsGroup
) -> None:
    """Check that what is installed fits together. The exit code is 1 if something does not."""
    say = output_of(output)
    seen = look(ViewOptions(), target, cache, say)
    assert seen.interpreter is not None
    found = seen.installed.distributions
    tags = {one.name: _tags(metadata_text(one, "WHEEL")) for one in found}
    problems = check_distributions(found, seen.interpreter, tags)

    for problem in problems:
        say.result(problem.message)

    if problems:
        raise SystemExit(1)

    say.result("No broken requirements found.")


def _tags(wheel: str | None) -> frozenset[str]:
    """Return the tags that a WHEEL document declares (PEP 427), compressed sets as they stand."""
    headers = (line.partition(":") for line in (wheel or "").splitlines())

    return frozenset(value.strip() for name, _, value in headers if name.strip().lower() == "tag")
