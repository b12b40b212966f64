"""Builds that work, by the hooks of a backend in the tree."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.support.projects import write_project
from tests.workers.build_support import WHEEL, Workshop, posix
from zephyr_workers.build import in_thread
from zephyr_workers.build_errors import (
    EditableUnsupported,
)

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr_workers.build_process import Stop


pytestmark = [pytest.mark.anyio, posix]


async def test_a_wheel_is_built_and_nothing_else_is_left(workshop: Workshop, tmp_path: Path) -> None:
    source = write_project(tmp_path / "demo")

    assert await workshop.wheel(source) == WHEEL
    assert os.listdir(tmp_path / "wheels") == [WHEEL]
    assert workshop.left() == []
    assert workshop.logs() == []


async def test_metadata_is_prepared_without_a_build(workshop: Workshop, tmp_path: Path) -> None:
    source = write_project(tmp_path / "demo", "def build_wheel(*_): os.abort()")

    assert await workshop.metadata(source) == (tmp_path / "demo" / "METADATA").read_bytes()


async def test_a_backend_that_cannot_prepare_metadata_gives_none(workshop: Workshop, tmp_path: Path) -> None:
    assert (
        await workshop.metadata(write_project(tmp_path / "d", "del prepare_metadata_for_build_wheel")) is None
    )


async def test_what_the_backend_wants_on_top_is_asked_for(workshop: Workshop, tmp_path: Path) -> None:
    source = write_project(tmp_path / "demo", "def get_requires_for_build_wheel(*_): return ['b>=2', 'a']")
    await workshop.wheel(source)

    assert workshop.environments.asked == [(), ("a", "b>=2")]


async def test_without_isolation_the_given_interpreter_builds(workshop: Workshop, tmp_path: Path) -> None:
    workshop.change(isolation=False)
    source = write_project(tmp_path / "demo", f"assert sys.executable == {workshop.interpreter.executable!r}")

    assert await workshop.wheel(source) == WHEEL
    assert workshop.environments.asked == []


async def test_the_source_is_not_touched(workshop: Workshop, tmp_path: Path) -> None:
    backend = "pathlib.Path('new').write_text(''); pathlib.Path('METADATA').unlink()"
    source = write_project(tmp_path / "demo", f"def get_requires_for_build_wheel(*_): {backend}; return []")
    await workshop.wheel(source)

    assert (tmp_path / "demo" / "METADATA").is_file()
    assert not (tmp_path / "demo" / "new").exists()


async def test_an_editable_wheel_is_built_where_the_source_lies(workshop: Workshop, tmp_path: Path) -> None:
    source = write_project(
        tmp_path / "demo",
        """
        def build_editable(folder, *_):
            pathlib.Path("here").write_text(os.getcwd())
            return _wheel(folder)
        """,
    )

    assert await workshop.editable(source) == WHEEL
    assert (tmp_path / "demo" / "here").read_text() == source.folder


async def test_a_backend_without_editable_installs_is_told(workshop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(EditableUnsupported, match=r"demo-1\.0\.tar\.gz cannot make editable"):
        await workshop.editable(write_project(tmp_path / "demo", "del build_editable"))


async def test_settings_reach_the_backend(workshop: Workshop, tmp_path: Path) -> None:
    source = write_project(
        tmp_path / "demo",
        """
        def build_wheel(folder, settings=None, metadata=None):
            assert settings == {"mode": "fast", "flag": ["a", "b"]}, settings
            return _wheel(folder)
        """,
    )

    assert await workshop.wheel(source, mode="fast", flag=["a", "b"]) == WHEEL


async def test_a_build_sees_its_own_home_and_no_secrets(workshop: Workshop, tmp_path: Path) -> None:
    workshop.change(variables={"MY_TOKEN": "abcdefgh", "CFLAGS": "-O1", "PYTHONPATH": "/nowhere"})
    source = write_project(
        tmp_path / "demo",
        f"""
        assert "MY_TOKEN" not in os.environ
        assert os.environ["CFLAGS"] == "-O1"
        assert "PYTHONPATH" not in os.environ
        assert os.environ["HOME"].startswith({str(tmp_path / "work")!r})
        assert os.environ["TMPDIR"].startswith({str(tmp_path / "work")!r})
        assert os.environ["PATH"].startswith({workshop.environments.folder + "/bin:"!r})
        """,
    )

    assert await workshop.wheel(source) == WHEEL


async def test_what_is_cancelled_before_it_begins_is_not_waited_for() -> None:
    begun: list[Stop] = []

    with anyio.fail_after(5), anyio.CancelScope() as scope:
        scope.cancel()
        await in_thread(begun.append)

    assert begun == []
