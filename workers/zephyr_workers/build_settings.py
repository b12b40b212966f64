"""What builds are told: by the command line, per project, and by the engine that fills their environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from zephyr.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping


class BuildEnvironments(Protocol):
    """What builds need of the engine: environments with their build requirements."""

    async def prepare(self, requirements: tuple[str, ...]) -> str:
        """Return the folder of an environment that holds ``requirements`` (PEP 508); it is not changed again.

        Asked again with more when the backend wants more. Raises `ZephyrError`.
        """
        ...

    async def require(self, requirements: tuple[str, ...]) -> None:
        """Raise `BuildDependenciesUnmet` unless the interpreter's own environment holds ``requirements``."""
        ...


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What is passed to a project's backend: ``--config-settings``."""

    config_settings: Mapping[str, str | list[str]] = field(default_factory=dict[str, "str | list[str]"])


@dataclass(frozen=True, slots=True)
class BuildLimits:
    """What one hook of a build may take; seconds and bytes, None is no limit."""

    idle: float = 600.0
    """Without any output."""
    total: float = 3600.0
    grace: float = 5.0
    """Between SIGTERM and SIGKILL."""
    file_size: int | None = 16 << 30
    folder_size: int | None = 32 << 30
    memory: int | None = None
    """Address space of each process."""
    watch: float = 5.0
    """Between two looks at the size of the folder."""


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How builds are run."""

    isolation: bool = True
    """False (``--no-build-isolation``): with what is installed in the environment of the interpreter."""
    check_dependencies: bool = False
    """Without isolation: refuse to begin where something is missing there."""
    sandbox: bool = True
    limits: BuildLimits = field(default_factory=BuildLimits)
    work: str | None = None
    """Where the folders of builds are made; None is the system's temporary folder."""
    variables: Mapping[str, str] | None = field(default=None, repr=False)
    """The environment variables to start from; None are those of this process."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What no log may show, beside what the variables' names tell."""
