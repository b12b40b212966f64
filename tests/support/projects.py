"""Projects with a build backend of their own in the tree: well-behaved, but for what a test replaces.

    source = write_project(tmp_path / "demo", "def build_wheel(folder, *_): os.abort()")

The backend has all hooks of PEP 517 and 660, made around one wheel that lies in the project; the text
that is given comes after them. It may use `os`, `sys`, `pathlib` and `subprocess`.
"""

from __future__ import annotations

import hashlib
import textwrap
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.wheels import build_wheel
from zephyr_workers.sources import SourceTree

if TYPE_CHECKING:
    from pathlib import Path

_BACKEND = """
import os, pathlib, shutil, subprocess, sys

here = pathlib.Path(__file__).parent

def _wheel(folder):
    wheel = next(here.glob("*.whl"))
    shutil.copy(wheel, folder)
    return wheel.name

def _metadata(folder):
    target = pathlib.Path(folder, "demo-1.0.dist-info")
    target.mkdir()
    shutil.copy(here / "METADATA", target)
    return target.name

def build_wheel(folder, settings=None, metadata=None):
    return _wheel(folder)

def build_editable(folder, settings=None, metadata=None):
    return _wheel(folder)

def prepare_metadata_for_build_wheel(folder, settings=None):
    return _metadata(folder)

"""

BUILD_SYSTEM = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


def write_project(folder: Path, backend: str = "", *, pyproject: str = BUILD_SYSTEM) -> SourceTree:
    """Write a project named demo, version 1.0, into ``folder`` and return it."""
    folder.mkdir(parents=True)
    wheel = build_wheel("demo", "1.0")
    wheel.write(folder)
    (folder / "METADATA").write_text(wheel.metadata)
    (folder / "pyproject.toml").write_text(pyproject)
    (folder / "backend.py").write_text(_BACKEND + textwrap.dedent(backend))
    digest = hashlib.sha256(f"{folder}{backend}{pyproject}".encode()).hexdigest()

    return SourceTree(str(folder), digest, "demo-1.0.tar.gz", canonicalize_name("demo"), Version("1.0"))
