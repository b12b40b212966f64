"""Turns the words of ``zephyr lock``, with the project or the files they name, into a frozen request."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from zephyr.cli.context import cache_location
from zephyr.cli.input_files import inputs_of, overrides_of
from zephyr.cli.install_rules import refuse_beside_only_deps
from zephyr.cli.option_values import building_of, network_of, rules_of, sources_of
from zephyr.cli.remote_files import fetcher
from zephyr.dataclass import replace
from zephyr.errors import UsageError
from zephyr.metadata.request import PreReleases, ResolutionMode
from zephyr.metadata.requirements_file import RequirementLine
from zephyr.model.index import Index
from zephyr.model.names import canonicalize_name
from zephyr.pipeline.lock_request import LockRequest, Upgrade
from zephyr.project.errors import PyprojectMissing, nearest
from zephyr.project.finding import find_project
from zephyr.project.project import Project
from zephyr.project.reading import read_project
from zephyr.project.script import lock_path_of_script, read_script
from zephyr.project.sources import with_sources
from zephyr.project.tool import TargetEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zephyr.cli.input_files import Inputs
    from zephyr.cli.lock_words import LockWords
    from zephyr.metadata.request import Rules
    from zephyr.metadata.requirements_file import RequirementsFile
    from zephyr.model.index import Sources
    from zephyr.project.sources import SourcedProject
    from zephyr.project.tool import ZephyrTable

LOCK = "pylock.toml"
_UPGRADED = re.compile(r"[\w.-]+(==[\w.+!-]+)?", re.ASCII)
_INDEX_OPTIONS = frozenset({"index_url", "extra_index_url", "index", "find_links", "no_index"})


def lock_request(words: LockWords, *, write: bool, project: str | None = None) -> LockRequest:
    """Return the request; reads the project, or the files, groups and scripts that are named instead.

    ``project`` is the path of a ``pyproject.toml``; without it the nearest one counts.
    Raises `UsageError` for options that contradict each other, and what reading a project raises.
    """
    if words.amendments.only_deps:
        refuse_beside_only_deps(words.resolver, words.inputs)

    fetch = fetcher(words.network, words.sources)
    inputs = inputs_of(words.resolver, words.inputs, fetch)
    files = inputs.files
    sourced, path = _asked(words, inputs, project)
    tool, sources = sourced.project.tool, _sources(words, inputs, sourced)
    states_indexes = bool(tool.indexes or _INDEX_OPTIONS & words.given.command_line)

    return LockRequest(
        path=path,
        project=sourced.project,
        lines=(*words.lines, *files.requirements),
        constraints=(
            *files.constraints,
            *_lines(tool.constraints, sourced.project, "constraints"),
            *_upgraded_versions(words),
        ),
        overrides=(
            *overrides_of(words.amendments.override or (), fetch),
            *_lines(tool.overrides, sourced.project, "overrides"),
        ),
        left_out=tuple(canonicalize_name(name) for name in words.amendments.exclude or ()),
        targets=_targets(words, tool),
        python=words.python,
        rules=_rules(words, files, tool),
        exclude_newer=words.resolver.exclude_newer or tool.exclude_newer,
        package_indexes=sourced.package_indexes,
        stated_indexes=sources.indexes if states_indexes else (),
        upgrade=_upgrade(words, sourced.project),
        write=write and not words.is_printed,
        only_dependencies=words.amendments.only_deps,
        ignore_requires_python=words.amendments.ignore_requires_python,
        sources=sources,
        network=network_of(words.network, words.sources, files),
        refresh=words.sources.refresh,
        cache=cache_location(words.cache),
        building=building_of(words.building, fetch=fetch),
        mirrors=tool.mirrors,
    )


def _asked(words: LockWords, inputs: Inputs, project: str | None) -> tuple[SourcedProject, str]:
    """Return what is locked, and the absolute path of its lock."""
    options, folder = words.lock, os.getcwd()

    if options.script is not None:
        sourced = with_sources(read_script(options.script))
        path = lock_path_of_script(os.path.abspath(options.script))
    elif words.names_requirements:
        sourced = with_sources(_standing_for(inputs, folder))
        path = os.path.join(folder, LOCK)
    else:
        found = project or find_project(folder)

        if found is None:
            raise PyprojectMissing(
                f"There is no pyproject.toml of a project in {folder} or above it",
                hint="Make one, or name what to lock: NAME, -r requirements.in or --script FILE.",
            )

        sourced = with_sources(read_project(found))
        path = os.path.join(sourced.project.root, LOCK)

    if options.script is not None and words.names_requirements:
        raise UsageError(
            "--script and other requirements exclude each other",
            hint="Lock one after the other, each to its own file with --output.",
            id="conflicting-options",
        )

    stated = None if words.is_printed else options.lock_file

    return sourced, os.path.abspath(stated or path)


def _standing_for(inputs: Inputs, folder: str) -> Project:
    """Return a project in ``folder`` that says nothing but which Pythons the named scripts run on."""
    return Project(
        root=folder,
        path=folder,
        requires_python=",".join(inputs.python_ranges.values()) or None,
        warnings=inputs.files.warnings,
    )


def _lines(texts: Iterable[str], project: Project, key: str) -> tuple[RequirementLine, ...]:
    origin = f"{os.path.basename(project.path)} [tool.zephyr] {key}"

    return tuple(RequirementLine(text, origin, folder=project.root) for text in texts)


def _rules(words: LockWords, files: RequirementsFile, tool: ZephyrTable) -> Rules:
    """Return the rules, the project's where the command line says nothing."""
    # An age means something only once the lock says since when.
    resolver = replace(words.resolver, exclude_newer=None)
    rules = rules_of(resolver, words.building, files, no_require_hashes=words.inputs.no_require_hashes)
    given = words.given

    if tool.resolution is not None and "resolution" not in given:
        rules = replace(rules, mode=ResolutionMode(tool.resolution))

    if tool.pre_releases is not None and "prerelease" not in given and "pre" not in given:
        rules = replace(rules, pre_releases=PreReleases(tool.pre_releases))

    return replace(
        rules,
        no_binary=rules.no_binary | tool.no_binary,
        no_build=rules.no_build | tool.no_build | tool.only_binary,
    )


def _targets(words: LockWords, tool: ZephyrTable) -> tuple[TargetEntry, ...]:
    """Return the targets that the command line narrows the lock to, or else those of the project."""
    python, platforms = words.resolver.python_version, words.lock.platform or ()

    if python is None and not platforms:
        return tool.targets

    specifier = _python_specifier(python) if python is not None else None

    return tuple(TargetEntry(python=specifier, platform=platform) for platform in platforms or (None,))


def _python_specifier(text: str) -> str:
    """Return the Pythons that ``--python-version`` means: a minor, or one release of it."""
    return f"=={text}" if text.count(".") >= 2 else f"=={text}.*"


def _upgrade(words: LockWords, project: Project) -> Upgrade:
    groups = {canonicalize_name(name): name for name in words.lock.upgrade_group or ()}

    for name in sorted(groups.keys() - project.groups.keys()):
        raise UsageError(
            f"--upgrade-group is {groups[name]!r}, which is no dependency group of {project.path}",
            hint=nearest(name, project.groups) or f"It has {', '.join(sorted(project.groups)) or 'none'}.",
            id="unknown-group",
        )

    packages = (canonicalize_name(one.name) for one in _upgraded_packages(words))

    return Upgrade(words.resolver.upgrade, frozenset(packages), frozenset(groups))


def _upgraded_versions(words: LockWords) -> Iterator[RequirementLine]:
    """Yield the versions that ``--upgrade-package`` names: nothing else may be chosen this time."""
    return (
        RequirementLine(str(one), "--upgrade-package") for one in _upgraded_packages(words) if one.specifier
    )


def _upgraded_packages(words: LockWords) -> list[Requirement]:
    return [_upgraded_package(text) for text in words.resolver.upgrade_package or ()]


def _upgraded_package(text: str) -> Requirement:
    """Understand ``NAME`` or ``NAME==VERSION``."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        requirement = None

    if requirement is None or not _UPGRADED.fullmatch(str(requirement)):
        raise UsageError(
            f"--upgrade-package is {text!r}, NAME or NAME==VERSION was expected", id="upgrade-invalid"
        )

    return requirement


def _sources(words: LockWords, inputs: Inputs, sourced: SourcedProject) -> Sources:
    """Join the indexes of the command line and the project: flags before it, the user's settings after."""
    sources = sources_of(words.sources, inputs.files, inputs.indexes)
    declared = sourced.project.tool.indexes

    if words.sources.no_index or not declared:
        return sources

    *extra, main = sources.indexes
    default = next((index for index in declared if index.default), None)

    if default is not None and "index_url" not in words.given:
        main = Index(default.url, default.name, default.explicit)

    own = tuple(Index(index.url, index.name, index.explicit) for index in declared if not index.default)

    return replace(sources, indexes=(*extra, *own, main))
