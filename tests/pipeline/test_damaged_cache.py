"""Damage in the cache costs a download, and never reaches an environment."""

from __future__ import annotations

import errno
import glob
import os
import subprocess
import sys
import venv
from typing import TYPE_CHECKING

import pytest

from zephyr.install.errors import EnvironmentChangeError
from zephyr.pipeline.healing import has_vanished, heal
from zephyr_cache import Cache

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
def test_cached_files_that_were_edited_or_removed_are_fetched_again(
    tmp_path: Path, fake_index: FakeIndex, harm: Callable[[str], None]
) -> None:
    fake_index.serve("demo", "1.0", files={"demo/__init__.py": "x = 1\n"}, requires=["dep", "other"])
    fake_index.serve("dep", "1.0", files={"dep/__init__.py": "y = 2\n"})
    fake_index.serve("other", "1.0", files={"other/__init__.py": "z = 3\n"})
    assert install(tmp_path, "first", fake_index) == b"x = 1\n"

    for path in glob.glob(f"{tmp_path}/cache/trees-v1/*/*/tree/*/de*/__init__.py"):
        harm(path)

    assert install(tmp_path, "second", fake_index) == b"x = 1\n"
    assert fake_index.count("*.whl") == 3 + 2


def test_only_a_file_of_the_cache_counts_as_vanished(tmp_path: Path) -> None:
    with Cache.open(f"{tmp_path}/cache") as cache:
        ours = FileNotFoundError(errno.ENOENT, "gone", f"{cache.root}/trees-v1/x")
        foreign = FileNotFoundError(errno.ENOENT, "gone", f"{tmp_path}/elsewhere")
        wrapped = EnvironmentChangeError("could not link")
        wrapped.__cause__ = ours

        assert [has_vanished(error, cache) for error in (ours, wrapped, foreign, OSError())] == [
            True,
            True,
            False,
            False,
        ]
        assert not heal(foreign, [], cache)
