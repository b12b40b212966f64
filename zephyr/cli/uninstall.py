"""``zephyr uninstall``: what would go is shown and agreed to, in pip's words, and then goes all at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

from zephyr.cli.context import NothingAsked, cache_location, choice_of, output_of
from zephyr.cli.general_options import NO_EFFECT
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, SourceOptions, TargetOptions
from zephyr.cli.progress import shown_progress
from zephyr.dataclass import dataclass, field
from zephyr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zephyr.cli.output import Output
    from zephyr.model.environment import InstalledDistribution
    from zephyr.pipeline.removal import Removal

NO, ANSWERS = "n", ("y", "n", "")


@command
def uninstall(
    target: TargetOptions,
    cache: CacheOptions,
    output: OutputOptions,
    network: NetworkOptionsGroup,
    packages: Annotated[list[str] | None, argument(help="Packages to remove.")] = None,
    requirement: Annotated[
        list[str] | None,
        option("--requirement", "-r", metavar="FILE", help="Remove what this requirements file lists."),
    ] = None,
    yes: Annotated[bool, option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, option("--dry-run", help="Only say what would be removed.")] = False,
    _root_user_action: Annotated[
        str | None, option("--root-user-action", metavar="ACTION", help=NO_EFFECT)
    ] = None,
) -> None:
    """Remove packages, all or nothing."""
    from zephyr.pipeline.request import UninstallRequest
    from zephyr.pipeline.uninstall import run_uninstall

    say = output_of(output)
    names = [*_named(packages or (), say), *_named_in(requirement or (), network)]

    if not names:
        raise NothingAsked(
            "You must give at least one requirement to uninstall",
            hint="Name packages, or a requirements file with -r.",
        )

    request = UninstallRequest(tuple(names), choice_of(target), cache_location(cache), dry_run=dry_run)
    dialogue = UninstallDialogue(
        say,
        shows=not yes,
        asks=not (yes or dry_run),
        may_ask=not output.no_input,
        whole=output.verbose > 0,
    )

    with shown_progress(say, live=False) as display:
        outcome = run_uninstall(request, os.environ, dialogue, display.listen)

    for warning in outcome.warnings:
        say.warn(warning)

    for change in outcome.changes if not dry_run else ():
        say.result(f"  Successfully uninstalled {dialogue.shown[change.name]}")


@dataclass(frozen=True, slots=True)
class UninstallDialogue:
    """Tells and asks in the words and on the stream of pip's uninstall."""

    output: Output
    shows: bool
    """Whether the paths that would go are listed."""
    asks: bool
    """Whether anybody has to agree."""
    may_ask: bool = True
    """Whether anybody is there to be asked."""
    whole: bool = False
    """List every file, not only the folders that would go."""
    shown: dict[str, str] = field(default_factory=dict[str, str])
    """The distributions that were told of, by name."""

    def missing(self, name: str, elsewhere: InstalledDistribution | None) -> None:
        """Tell that there is nothing to remove."""
        if elsewhere is None:
            self.output.warn(f"Skipping {name} as it is not installed.")
            return

        self.output.result(f"Found existing installation: {elsewhere.display_name} {elsewhere.version}")
        self.output.result(
            f"Not uninstalling {elsewhere.name} at {elsewhere.location}, outside of the environment"
        )
        self.output.result(f"Can't uninstall '{elsewhere.display_name}'. No files were found to uninstall.")

    def agrees(self, removal: Removal) -> bool:
        """Show what would go, and ask."""
        distribution = removal.distribution
        self.shown[distribution.name] = f"{distribution.display_name}-{distribution.version}"
        self.output.result(f"Found existing installation: {distribution.display_name} {distribution.version}")
        self.output.result(f"Uninstalling {self.shown[distribution.name]}:")

        if self.shows:
            for line in _listed(removal, whole=self.whole):
                self.output.result(f"  {line}")

        return not self.asks or self._answer() != NO

    def _answer(self) -> str:
        """Return one of `ANSWERS`; raises `UsageError` where nobody gives one."""
        while True:
            answer = self.output.answer("Proceed (Y/n)? ") if self.may_ask else None

            if answer is None:
                raise UsageError(
                    "There is nobody to say whether the packages may be removed",
                    hint="Add -y to remove them without asking.",
                    id="no-answer",
                )

            if answer.lower() in ANSWERS:
                return answer.lower()

            self.output.result(
                f"Your response ({answer!r}) was not one of the expected responses: {', '.join(ANSWERS)}"
            )


def _listed(removal: Removal, *, whole: bool) -> Iterator[str]:
    for title, paths in (
        ("Would remove:", removal.files if whole else removal.leaving),
        ("Would not remove (might be manually added):", () if whole else removal.staying),
    ):
        if paths:
            yield title
            yield from (f"  {path}" for path in paths)


def _named(words: Iterable[str], output: Output) -> Iterator[str]:
    """Yield the names that the command line asks for; raises `UsageError` for what is no requirement."""
    from packaging.requirements import InvalidRequirement, Requirement

    from zephyr.model.source_words import names_a_place

    for word in words:
        try:
            requirement = Requirement(word)
        except InvalidRequirement as error:
            if not (names_a_place(word) or os.path.exists(word)):
                raise UsageError(
                    f"{word!r} names no package", hint="Name it as a list does.", id="requirement-invalid"
                ) from error
        else:
            # An archive's name could be a project's, but nobody means that; NAME @ URL has a name.
            if requirement.url is not None or not names_a_place(word):
                yield requirement.name
                continue

        output.warn(
            f"Invalid requirement: {word!r} ignored - the uninstall command expects named requirements."
        )


def _named_in(paths: Iterable[str], network: NetworkOptionsGroup) -> Iterator[str]:
    """Yield the names in requirements files; a line that names none is no reason to fail, as in pip."""
    from zephyr.cli.remote_files import fetcher
    from zephyr.metadata.requirements_file import read_requirements_file
    from zephyr.pipeline.freeze import named_by

    fetch = fetcher(network, SourceOptions())

    for path in paths:
        for line in read_requirements_file(path, os.environ, fetch=fetch).requirements:
            if name := named_by(line.text):
                yield name
