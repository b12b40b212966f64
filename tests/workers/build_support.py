"""What tests of builds share: a bare environment, a builder with short limits, what is left afterwards."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from zephyr.environments.creation import create_environment
from zephyr.environments.facts import query_interpreter
from zephyr_workers.build import Builder
from zephyr_workers.build_settings import BuildLimits, BuildOptions, BuildSettings
from zephyr_workers.containment import is_contained

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from zephyr.model.interpreter import Interpreter
    from zephyr_workers.sources import SourceTree

WHEEL = "demo-1.0-py3-none-any.whl"
"""What a build of `tests.support.projects.write_project` is called."""

posix = pytest.mark.skipif(os.name == "nt", reason="environments here are POSIX ones")
linux = pytest.mark.skipif(sys.platform != "linux", reason="uses /proc, subreapers and Landlock")
contained = pytest.mark.skipif(not is_contained(), reason="this kernel has no Landlock")

LIMITS = BuildLimits(idle=30.0, total=50.0, grace=0.3, watch=0.1)


@dataclass(slots=True)
class BareEnvironments:
    """Gives one empty environment to every build, and remembers what was asked for."""

    folder: str
    asked: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    async def prepare(self, requirements: tuple[str, ...]) -> str:
        self.asked.append(requirements)

        return self.folder

    async def require(self, requirements: tuple[str, ...]) -> None:
        self.asked.append(requirements)


@dataclass(slots=True)
class Workshop:
    """A builder in a temporary folder."""

    root: Path
    interpreter: Interpreter
    environments: BareEnvironments
    options: BuildOptions

    @classmethod
    def make(cls, root: Path, environment: str, interpreter: Interpreter) -> Workshop:
        for name in ("work", "logs", "wheels"):
            (root / name).mkdir()

        return cls(
            root,
            interpreter,
            BareEnvironments(environment),
            BuildOptions(limits=LIMITS, work=str(root / "work")),
        )

    def builder(self) -> Builder:
        return Builder(self.interpreter, self.environments, self.options, str(self.root / "logs"))

    def change(self, *, variables: Mapping[str, str] | None = None, **changes: Any) -> None:
        """Set options of builds; ``variables`` come on top of those of this process."""
        names = BuildLimits.__dataclass_fields__
        limits = replace(self.options.limits, **{k: v for k, v in changes.items() if k in names})
        others = {k: v for k, v in changes.items() if k not in names}

        if variables is not None:
            others["variables"] = {**os.environ, **variables}

        self.options = replace(self.options, limits=limits, **others)

    async def wheel(self, source: SourceTree, **settings: str | list[str]) -> str:
        destination = str(self.root / "wheels")

        return os.path.basename(await self.builder().wheel(source, BuildSettings(settings), destination))

    async def editable(self, source: SourceTree) -> str:
        destination = str(self.root / "wheels")

        return os.path.basename(await self.builder().editable(source, BuildSettings(), destination))

    async def metadata(self, source: SourceTree) -> bytes | None:
        return await self.builder().metadata(source, BuildSettings())

    def left(self) -> list[str]:
        """Return what builds have left in their place."""
        return os.listdir(self.root / "work")

    def logs(self) -> list[str]:
        """Return the texts of the logs that were kept."""
        return [path.read_text() for path in sorted((self.root / "logs").iterdir())]


def make_environment(folder: Path) -> tuple[str, Interpreter]:
    """Make an empty environment in ``folder``; return it with its base interpreter."""
    base = query_interpreter(os.path.realpath(sys.executable), os.environ)
    environment = create_environment(str(folder / "environment"), base)

    return environment.root, base
