"""What an environment is made of."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.contents import configuration, has_lib64, launchers_of, storable
from zephyr.environments.errors import InvalidEnvironmentPath

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr.model.interpreter import Interpreter


@pytest.mark.parametrize("folder", ["new\nline", "caf\udce9"])
def test_a_python_whose_folder_pyvenv_cfg_cannot_hold_is_refused(base: Interpreter, folder: str) -> None:
    odd = replace(base, base_executable=f"/opt/{folder}/bin/python3")

    with pytest.raises(InvalidEnvironmentPath, match="one line"):
        configuration(odd, "env", system_site_packages=False)


def test_what_pyvenv_cfg_cannot_hold_is_made_readable() -> None:
    assert storable("two\nlines") == "two lines"
    assert storable("caf\udce9 ✓") == "caf? ✓"


@pytest.mark.parametrize(
    ("system", "tag", "expected"),
    [
        ("linux", "cp312-cp312-linux_x86_64", True),
        ("linux", "cp312-cp312-linux_i686", False),
        ("darwin", "cp312-cp312-macosx_14_0_arm64", False),
        ("freebsd14", "cp312-cp312-freebsd_14_1_amd64", True),
    ],
)
def test_lib64_is_for_wide_unixes(base: Interpreter, system: str, tag: str, expected: bool) -> None:
    interpreter = replace(base, tags=(tag,), markers={**base.markers, "sys_platform": system})

    assert has_lib64(interpreter) is expected


def test_windows_environments_get_copies_of_launchers(base: Interpreter, tmp_path: Path) -> None:
    launchers = tmp_path / "Lib" / "venv" / "scripts" / "nt"
    launchers.mkdir(parents=True)
    (launchers / "venvlauncher.exe").write_bytes(b"console")
    (launchers / "venvwlauncher.exe").write_bytes(b"window")

    copies = launchers_of(replace(base, standard_library=str(tmp_path / "Lib")), "Scripts")

    assert copies == (
        (os.path.join("Scripts", "python.exe"), str(launchers / "venvlauncher.exe")),
        (os.path.join("Scripts", "pythonw.exe"), str(launchers / "venvwlauncher.exe")),
    )
