"""Damage in the cache costs a download, and never reaches an environment."""

from __future__ import annotations

import glob
import os
import subprocess
import sys
import venv
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.fake_index import FakeIndex

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def install(folder: Path, name: str, index: FakeIndex) -> bytes:
    """Make an environment, install demo into it, and give what its module says."""
    environment = folder / name
    venv.create(environment, symlinks=os.name == "posix")
    python = f"{environment}/Scripts/python.exe" if os.name == "nt" else f"{environment}/bin/python"
    options = ["--python", python, "--index-url", index.url, "--cache-dir", f"{folder}/cache"]
    subprocess.run([sys.executable, "-m", "zephyr", "install", *options, "demo"], cwd=ROOT, check=True)
    (module,) = glob.glob(f"{environment}/[lL]ib/**/site-packages/demo/__init__.py", recursive=True)
    with open(module, "rb") as stream:
        return stream.read()


def overwrite(path: str) -> None:
    with open(path, "wb") as stream:
        stream.write(b"poison\n")


@pytest.mark.parametrize("harm", [overwrite, os.unlink])
def test_a_cached_file_that_was_edited_or_removed_is_fetched_again(
    tmp_path: Path, fake_index: FakeIndex, harm: Callable[[str], None]
) -> None:
    fake_index.serve("demo", "1.0", files={"demo/__init__.py": "x = 1\n"})
    assert install(tmp_path, "first", fake_index) == b"x = 1\n"

    for path in glob.glob(f"{tmp_path}/cache/trees-v1/*/*/tree/*/demo/__init__.py"):
        harm(path)

    assert install(tmp_path, "second", fake_index) == b"x = 1\n"
    assert fake_index.count("*.whl") == 2
