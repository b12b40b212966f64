"""What ``zephyr lock`` was asked, and what of it a lock keeps to be compared with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.lock.inputs import LockInputs
from zephyr.lock.places import portable_address
from zephyr.markers.python_ranges import OLDEST_MINOR
from zephyr.metadata.request import Rules
from zephyr.metadata.requirements_file import RequirementLine
from zephyr.model.index import without_credentials
from zephyr.model.source_reference import SourceKind
from zephyr.model.source_syntax import parse_place
from zephyr.model.source_words import names_a_place
from zephyr.model.universal import BASE, Activation, ActivationKind
from zephyr.pipeline.request import SupplyRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.index import Index, Sources
    from zephyr.project.project import Project, Requirements
    from zephyr.project.source_table import IndexSource
    from zephyr.project.tool import TargetEntry, ZephyrTable

DYNAMIC = frozenset({"dependencies", "optional-dependencies", "requires-python"})
"""Fields that a lock depends on and a project may leave to its build backend."""
EXCLUDE_NEWER = "exclude-newer"
"""The rule, among those of a lock's inputs, whose meaning may change with time."""
DEFAULT_GROUP = "dev"
"""The group that is installed unless it is said otherwise, where a project has one of this name."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Which versions of an existing lock are not kept for their own sake."""

    everything: bool = False
    packages: frozenset[NormalizedName] = frozenset()
    """These; a version that is wanted of one is a constraint."""
    groups: frozenset[NormalizedName] = frozenset()
    """What these groups require."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRequest(SupplyRequest):
    """Everything ``zephyr lock`` was asked."""

    path: str
    """Absolute path of the lock."""
    project: Project
    """With places for what has a source; for requirements files, one that they are the dependencies of."""
    lines: tuple[RequirementLine, ...] = ()
    """Of requirements files; the project's own dependencies are joined to them."""
    constraints: tuple[RequirementLine, ...] = ()
    overrides: tuple[RequirementLine, ...] = ()
    left_out: tuple[NormalizedName, ...] = ()
    """Names that are left out this time, beside those that the project excludes."""
    targets: tuple[TargetEntry, ...] = ()
    python: str | None = None
    """The interpreter that builds what has to be built."""
    rules: Rules = field(default_factory=Rules)
    exclude_newer: str | None = None
    """As it was stated, an age perhaps; it becomes a rule once the lock says since when."""
    package_indexes: Mapping[NormalizedName, tuple[IndexSource, ...]] = field(
        default_factory=dict["NormalizedName", "tuple[IndexSource, ...]"]
    )
    """Projects that come from certain indexes."""
    stated_indexes: tuple[Index, ...] = ()
    """The indexes, if it is the project or the command line that says which; none where each user does."""
    upgrade: Upgrade = field(default_factory=Upgrade)
    write: bool = True
    only_dependencies: bool = False
    """Lock what the requirements need, and nothing that they name; of a project, not itself."""
    ignore_requires_python: bool = False
    """Take also versions that are not for some of the Pythons, and say nothing of it."""

    @property
    def folder(self) -> str:
        """Where the lock lies: relative paths in it start here."""
        return os.path.dirname(self.path)

    @property
    def requires_python(self) -> str:
        """The Pythons that the lock is for: those of the project, or else all that are maintained."""
        return self.project.requires_python or f">=3.{OLDEST_MINOR}"

    @property
    def builds_itself(self) -> bool:
        """Whether the project can be installed: it has a ``[build-system]`` and does not forbid it."""
        return self.project.has_build_system and self.project.tool.package is not False

    @property
    def excludes(self) -> frozenset[NormalizedName]:
        """Names that nobody gets from an index: the project's own too, which is installed from its folder."""
        own = self.project.name if self.builds_itself else None

        return frozenset((*self.project.tool.excludes, *self.left_out, *((own,) if own is not None else ())))


def default_groups(project: Project) -> tuple[str, ...]:
    """Return the groups that are installed unless it is said otherwise."""
    stated = project.tool.default_groups

    if stated == "all":
        return tuple(sorted(project.groups))

    if stated is not None:
        return tuple(stated)

    return (DEFAULT_GROUP,) if DEFAULT_GROUP in project.groups else ()


def requirement_lines(request: LockRequest) -> dict[Activation, tuple[RequirementLine, ...]]:
    """Return what each activation requires, the base first."""
    project = request.project

    return {
        BASE: (*request.lines, *_lines(project.dependencies, project.root)),
        **{
            Activation(ActivationKind.EXTRA, extra): _lines(requirements, project.root)
            for extra, requirements in sorted(project.optional_dependencies.items())
        },
        **{
            Activation(ActivationKind.GROUP, group): _lines(requirements, project.root)
            for group, requirements in sorted(project.groups.items())
        },
    }


def lock_inputs(request: LockRequest, *, exclude_newer: str | None = None) -> LockInputs:
    """Return what the lock is made from, as it will be compared later.

    That is what the project states, and what it is all about; what one command line adds (a constraint,
    ``--pre``) shows in what was chosen, and nobody has to repeat it.
    """
    project, tool = request.project, request.project.tool

    return LockInputs(
        requirements={
            activation: tuple(_shown(line, request.folder) for line in lines)
            for activation, lines in requirement_lines(request).items()
        },
        requires_python=request.requires_python,
        default_groups=default_groups(project),
        constraints=tool.constraints,
        overrides=tool.overrides,
        excludes=tool.excludes,
        targets=tuple(target_text(target) for target in tool.targets),
        conflicts=tool.conflicts,
        indexes=tuple(without_credentials(index.url) for index in request.stated_indexes),
        package_indexes={
            name: _origin(sources, request.sources) for name, sources in request.package_indexes.items()
        },
        rules=_stated_rules(tool),
        exclude_newer=exclude_newer,
    ).portable(request.folder)


def _origin(sources: Iterable[IndexSource], known: Sources) -> str:
    """Return in one line where a project comes from."""
    parts: list[str] = []

    for source in sources:
        for index in known.named(source.index):
            marker = f" ; {source.marker}" if source.marker else ""
            parts.append(f"{without_credentials(index.url)}{marker}")

    return ", ".join(parts)


def _stated_rules(tool: ZephyrTable) -> dict[str, str]:
    texts = {
        "resolution": tool.resolution or "",
        "pre-releases": tool.pre_releases or "",
        "no-binary": ", ".join(sorted(tool.no_binary)),
        "no-build": ", ".join(sorted(tool.no_build)),
        "only-binary": ", ".join(sorted(tool.only_binary)),
        EXCLUDE_NEWER: tool.exclude_newer or "",
    }

    return {name: text for name, text in texts.items() if text}


def target_text(target: TargetEntry) -> str:
    """Return a declared target in one line."""
    if target.marker is not None:
        return target.marker

    parts = [f"python {target.python}" if target.python else "", target.platform or ""]

    return " on ".join(part for part in parts if part)


def _lines(requirements: Requirements, root: str) -> tuple[RequirementLine, ...]:
    return tuple(
        RequirementLine(one.text, one.origin, folder=root, editable=one.editable) for one in requirements
    )


def _shown(line: RequirementLine, folder: str) -> str:
    """Return a requirement as a lock in ``folder`` keeps it: without absolute paths."""
    if not line.editable and not names_a_place(line.text):
        return line.text

    reference = parse_place(line.text, line.origin, folder=line.folder, editable=line.editable)
    vcs = "git+" if reference.kind is SourceKind.GIT else ""
    revision = f"@{reference.requested_revision}" if reference.requested_revision else ""
    subdirectory = f"#subdirectory={reference.subdirectory}" if reference.subdirectory else ""
    address = f"{vcs}{portable_address(reference.url, folder)}{revision}{subdirectory}"
    extras = f"[{','.join(reference.extras)}]" if reference.extras else ""
    name = f"{reference.name}{extras} @ " if reference.name else ""
    marker = f" ; {reference.marker}" if reference.marker else ""

    return f"{'-e ' if line.editable else ''}{name}{address}{marker}"
