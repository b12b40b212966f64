"""``zephyr export``: the lock for one environment, as other tools take it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Literal

from zephyr.cli.activation import activations_of
from zephyr.cli.context import cache_location, output_of
from zephyr.cli.lock_options import ActivationOptions, LockTargetOptions
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import CacheOptions, OutputOptions
from zephyr.errors import UsageError, ZephyrError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.pylock import Pylock

    from zephyr.cli.output import Output
    from zephyr.lock.selection import Selected
    from zephyr.lock.target import LockTarget


class ExportUnwritable(ZephyrError):
    """The file system refused the exported file."""

    id = "export-unwritable"


@command
def export(
    activation: ActivationOptions,
    target: LockTargetOptions,
    cache: CacheOptions,
    output: OutputOptions,
    file: Annotated[str | None, argument(metavar="FILE", help="A lock; the project's by default.")] = None,
    format: Annotated[  # noqa: A002
        Literal["requirements.txt", "pylock.toml"], option("--format", help="What to write.")
    ] = "requirements.txt",
    output_file: Annotated[
        str | None,
        option("--output-file", "-o", metavar="FILE", help="Where to write it; standard output by default."),
    ] = None,
    no_hashes: Annotated[bool, option("--no-hashes", help="Leave hashes out of requirements.")] = False,
    no_install_project: Annotated[
        bool, option("--no-install-project", "--no-emit-project", help="Leave the project itself out.")
    ] = False,
) -> None:
    """Write the project's lock for one environment alone."""
    from zephyr.environments.surroundings import Surroundings
    from zephyr.lock.reading import read_lock
    from zephyr.pipeline.cache import open_cache
    from zephyr.pipeline.lock_target import lock_path, lock_target

    say = output_of(output)
    path = lock_path(file, os.getcwd())
    refuse_overwriting(path, output_file)

    if format == "pylock.toml" and no_hashes:
        raise UsageError(
            "--no-hashes is for requirements: a lock always has hashes", id="conflicting-options"
        )

    lock = read_lock(path)

    for warning in lock.warnings:
        say.warn(warning)

    with open_cache(cache_location(cache), say.warn) as store:
        surroundings = Surroundings(os.getcwd(), os.environ, store)
        meant = lock_target(lock.document, path, target.python_version, target.platform, surroundings)

    selected = selected_from(lock.document, meant, activation, with_project=not no_install_project)

    if format == "pylock.toml":
        export_lock(lock.document, selected, meant, path, output_file, say)
    else:
        warn_of_unhashable(selected, say, with_hashes=not no_hashes)
        text = requirements_text(lock.document, selected, meant, path, with_hashes=not no_hashes)
        write(text, output_file, say)


def refuse_overwriting(path: str, output_file: str | None) -> None:
    """Raise `UsageError` where the export would take the place of the lock that it is made from."""
    if output_file is not None and os.path.realpath(output_file) == os.path.realpath(path):
        raise UsageError(
            f"{output_file} is the lock itself: an export for one environment must not take its place",
            hint="Name another file with -o, for example pylock.deploy.toml.",
            id="export-over-lock",
        )


def selected_from(
    document: Pylock, target: LockTarget, activation: ActivationOptions, *, with_project: bool
) -> Sequence[Selected]:
    """Return what is to be exported; raises what `zephyr.lock.selection.select` does."""
    from zephyr.lock.entries import is_project
    from zephyr.lock.group_closure import needed_by_groups
    from zephyr.lock.selection import select

    on = activations_of(activation, document)
    selected = select(
        document,
        target.markers,
        target.tags,
        target.python_version,
        extras=on.extras,
        groups=on.groups,
    )

    if on.only_groups:
        selected = needed_by_groups(document, selected, on.groups, target.markers)

    return [one for one in selected if with_project or not is_project(one.package)]


def export_lock(
    document: Pylock,
    selected: Sequence[Selected],
    target: LockTarget,
    path: str,
    output_file: str | None,
    output: Output,
) -> None:
    """Write a lock for one environment; a file of it is named as the standard names locks."""
    from zephyr.lock.export import single_use
    from zephyr.lock.writing import render, write_lock

    folder = os.path.dirname(path)
    new_folder = os.path.dirname(os.path.abspath(output_file)) if output_file is not None else folder
    text = render(single_use(document, selected, target, folder, new_folder))

    if output_file is None:
        output.result_document(text)
    else:
        write_lock(os.path.abspath(output_file), text)


def warn_of_unhashable(selected: Sequence[Selected], output: Output, *, with_hashes: bool) -> None:
    """Warn of entries without hashes among others with them: pip then refuses the file."""
    from zephyr.lock.export import is_hashable

    names = [one.package.name for one in selected if not is_hashable(one)]

    if with_hashes and names and len(names) < len(selected):
        output.warn(
            f"No hash can be given for {', '.join(names)}: pip takes all requirements with hashes, or none",
            hint="Leave hashes out with --no-hashes, or the project itself with --no-install-project.",
        )


def requirements_text(
    document: Pylock, selected: Sequence[Selected], target: LockTarget, path: str, *, with_hashes: bool
) -> str:
    """Return a requirements file: the same wherever and whenever it is made."""
    from zephyr.lock.export import requirements

    header = f"# Made by zephyr export from {os.path.basename(path)} for {target.label}"
    lines = requirements(document, selected, target, with_hashes=with_hashes)

    return "".join(f"{line}\n" for line in (header, *lines))


def write(text: str, output_file: str | None, output: Output) -> None:
    """Write the text to a file, in one step, or to standard output; raises `ExportUnwritable`."""
    if output_file is None:
        output.result_document(text)
        return

    from zephyr.lock.writing import replace_file

    try:
        replace_file(os.path.realpath(output_file), text.encode())
    except OSError as error:
        raise ExportUnwritable(
            f"{output_file} cannot be written: {error.strerror or error}",
            hint="Check the folder's permissions and its free space.",
        ) from error
