"""``zephyr install``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

from zephyr.cli.amendment_options import AmendmentOptions
from zephyr.cli.context import choice_of, output_of
from zephyr.cli.foreign_options import ForeignOptions, foreign_target_of
from zephyr.cli.input_options import InputOptions
from zephyr.cli.install_lock import install_lock_request, lock_among
from zephyr.cli.install_options import ScopeOptions, WarningOptions
from zephyr.cli.install_request import Asked, install_request
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import (
    BuildingOptions,
    CacheOptions,
    DestinationOptions,
    InstallerOptions,
    NetworkOptionsGroup,
    OutputOptions,
    ResolverOptions,
    SourceOptions,
    TargetOptions,
    TimingOptions,
)
from zephyr.cli.outcome import tell_as_pip, tell_outcome
from zephyr.cli.report import refuse_unwritable
from zephyr.cli.watched import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zephyr.cli.output import Output
    from zephyr.graph.events import Listener
    from zephyr.pipeline.outcome import InstallOutcome


@command
def install(
    inputs: InputOptions,
    resolver: ResolverOptions,
    building: BuildingOptions,
    sources: SourceOptions,
    installer: InstallerOptions,
    amendments: AmendmentOptions,
    scope: ScopeOptions,
    platform: ForeignOptions,
    warnings: WarningOptions,
    target: TargetOptions,
    destination: DestinationOptions,
    cache: CacheOptions,
    network: NetworkOptionsGroup,
    output: OutputOptions,
    timing: TimingOptions,
    packages: Annotated[
        list[str] | None,
        argument(
            help="Requirements: NAME, 'NAME>=1.2', 'NAME[extra]'; or the path or URL of a wheel, archive, a "
            "project's folder, or git+URL."
        ),
    ] = None,
    editable: Annotated[
        list[str] | None,
        option("--editable", "-e", metavar="PATH", help="Install a project so that edits are seen at once."),
    ] = None,
) -> None:
    """Install packages with everything they need, all or nothing."""
    say = output_of(output)

    if installer.report is not None:
        refuse_unwritable(installer.report)

    choice = choice_of(target, destination)
    foreign = foreign_target_of(platform, resolver.python_version)
    asked = Asked(
        packages or (),
        editable or (),
        inputs,
        resolver,
        building,
        sources,
        network,
        installer,
        amendments,
        scope,
        foreign,
        warnings,
        choice,
        cache,
    )
    run = _chosen(asked, say)
    outcome = watched("zephyr install", run, output, timing, say)
    tell_outcome(outcome, installer, say)
    tell_as_pip(outcome, installer, say)


def _chosen(asked: Asked, output: Output) -> Callable[[Mapping[str, str], Listener], InstallOutcome]:
    """Return what does as asked: resolves and installs, or installs a lock as it is."""
    path = lock_among(asked)

    if path is None:
        from zephyr.pipeline.install import run_install

        return partial(run_install, install_request(asked))

    from zephyr.lock.reading import read_lock
    from zephyr.pipeline.sync import run_sync

    lock = read_lock(path)

    for warning in lock.warnings:
        output.warn(warning)

    return partial(run_sync, install_lock_request(asked, path, lock.document))
