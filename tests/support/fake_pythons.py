"""Pythons that are not there: scripts that answer as an interpreter would when it is asked for its facts."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from zephyr.environments.facts import MARK, ask

if TYPE_CHECKING:
    from pathlib import Path


class FakePythons:
    """Interpreters that only answer: ``pythons.add(folder / "python3.12", "3.12.1")``."""

    def __init__(self) -> None:
        self.answer = ask(os.path.realpath(sys.executable), dict(os.environ))

    def add(self, path: Path, version: str, *, prefix: str | None = None, **facts: object) -> str:
        """Write a script that answers as Python ``version`` would; return its path."""
        base_prefix = f"/opt/python-{version}"
        markers = {
            **self.answer["markers"],
            "implementation_name": facts.pop("implementation", "cpython"),
            "python_version": ".".join(version.split(".")[:2]),
            "python_full_version": version,
        }
        answer = {
            **self.answer,
            "executable": str(path),
            "base_executable": str(path),
            "prefix": prefix or base_prefix,
            "base_prefix": base_prefix,
            "markers": markers,
            **facts,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{MARK}{json.dumps(answer)}\nEND\n")
        path.chmod(0o755)

        return str(path)

    def environment(self, root: Path, version: str, base: str) -> str:
        """Write an environment made from the fake at ``base``; return its interpreter."""
        path = self.add(root / "bin" / "python", version, prefix=str(root))
        (root / "bin" / "python3").symlink_to("python")
        (root / "pyvenv.cfg").write_text(f"home = {os.path.dirname(base)}\n")

        return path
