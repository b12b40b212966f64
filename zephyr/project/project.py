"""A project as its ``pyproject.toml``, or the metadata of a script, states it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from zephyr.dataclass import dataclass, field
from zephyr.project.tool import ZephyrTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.project.requirements import ProjectRequirement

Requirements: TypeAlias = "tuple[ProjectRequirement, ...]"
RequirementsByName: TypeAlias = "Mapping[NormalizedName, Requirements]"


@dataclass(frozen=True, slots=True)
class Project:
    """What is stated, with includes of groups and requirements on the project itself worked out.

    A requirement on the project itself is left only where the extras or dependencies that it stands for
    are `dynamic`: `zephyr.project.dynamic.complete_project` works it out when they are known.
    """

    root: str
    """Absolute path of the folder that relative paths start from."""
    path: str
    """Absolute path of the ``pyproject.toml`` or the script."""
    name: NormalizedName | None = None
    """None for a script, and for a ``pyproject.toml`` without ``[project]``."""
    version: str | None = None
    requires_python: str | None = None
    """A PEP 440 specifier set; it may be one that no Python meets."""
    dependencies: Requirements = ()
    optional_dependencies: RequirementsByName = field(default_factory=dict["NormalizedName", "Requirements"])
    """By extra."""
    groups: RequirementsByName = field(default_factory=dict["NormalizedName", "Requirements"])
    """By dependency group (PEP 735)."""
    dynamic: frozenset[str] = frozenset()
    """Fields of ``[project]`` that only the build backend knows."""
    has_build_system: bool = False
    tool: ZephyrTable = field(default_factory=ZephyrTable)
    warnings: tuple[str, ...] = ()
    """What was ignored, in words."""
