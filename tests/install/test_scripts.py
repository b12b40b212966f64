from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from zephyr.install.destination import Destination
from zephyr.install.errors import ScriptError
from zephyr.install.scripts import entry_point_script, first_line, rewritten
from zephyr_workers.entry_points import EntryPoint

if TYPE_CHECKING:
    from pathlib import Path


def destination(executable: str, platform: str = "posix") -> Destination:
    return Destination("/e", {}, executable, platform, "AMD64")


def test_a_plain_path_stands_behind_the_marks() -> None:
    assert first_line("/e/bin/python") == b"#!/e/bin/python\n"


@pytest.mark.parametrize(
    "folder", ["with space", "long" * 50, "tab\there", "quote'd name", "new\nline", "ünïcode x"]
)
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX scripts")
def test_a_script_runs_by_an_interpreter_with_an_awkward_path(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    executable = tmp_path / folder / "python"
    executable.symlink_to(sys.executable)
    name, program = entry_point_script(
        EntryPoint("tool", "platform", "node", False), destination(str(executable))
    )
    script = tmp_path / name
    script.write_bytes(program.replace(b"sys.exit(node())", b"print(sys.argv[1:])"))
    script.chmod(0o755)

    result = subprocess.run([str(script), "a b", "c"], capture_output=True, text=True, check=True)

    assert result.stdout == "['a b', 'c']\n"


@pytest.mark.parametrize("executable", ["/e \\x/python", "/\udcff/python"])
def test_a_path_that_no_script_can_hold_is_refused(executable: str) -> None:
    with pytest.raises(ScriptError, match="path"):
        first_line(executable)


def test_the_first_line_of_a_script_is_rewritten_with_its_options() -> None:
    assert rewritten(b"#!python -E\nx\n", destination("/e/bin/python")) == b"#!/e/bin/python -E\nx\n"
    assert rewritten(b"#!pythonw\nx", destination("/e/bin/python")) == b"#!/e/bin/python\nx"
    assert rewritten(b"#!python", destination("/e/bin/python")) == b"#!/e/bin/python\n"


def test_windows_gets_a_launcher_with_the_program_behind_it() -> None:
    name, data = entry_point_script(
        EntryPoint("tool", "demo.cli", "app.run", True), destination("C:\\e\\Scripts\\python.exe", "nt")
    )

    assert name == "tool.exe"
    assert data.startswith(b"MZ")
    assert b"#!C:\\e\\Scripts\\pythonw.exe" in data
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert b"app.run()" in archive.read("__main__.py")


def test_scripts_use_the_environments_path_not_the_linked_one() -> None:
    _, data = entry_point_script(EntryPoint("t", "m", "f", False), destination("/e/bin/python"))

    assert data.startswith(b"#!/e/bin/python" + os.linesep.encode()[-1:])
