"""Where the parts of an environment lie, on each system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zephyr.environments.layout import (
    environment_scheme,
    executable_names,
    executable_of,
    library_name,
    read_configuration,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_windows_has_scripts_and_lib() -> None:
    scheme = environment_scheme(r"C:\env", "nt", "python3.12", "3.12")

    assert executable_of(r"C:\env", "nt") == r"C:\env\Scripts\python.exe"
    assert (scheme.purelib, scheme.scripts) == (r"C:\env\Lib\site-packages", r"C:\env\Scripts")


@pytest.mark.parametrize(
    ("implementation", "free_threaded", "name"),
    [("cpython", False, "python3.13"), ("cpython", True, "python3.13t"), ("pypy", False, "pypy3.13")],
)
def test_the_library_folder_names_the_build(implementation: str, free_threaded: bool, name: str) -> None:
    assert library_name(implementation, "3.13", free_threaded=free_threaded) == name


def test_the_exact_name_comes_first() -> None:
    assert executable_names("cpython", "3.13", "posix", free_threaded=False) == (
        "python3.13",
        "python3",
        "python",
    )
    assert executable_names("cpython", "3.13", "posix", free_threaded=True)[0] == "python3.13t"
    assert executable_names("pypy", "3.10", "posix", free_threaded=False)[:3] == ("pypy3.10", "pypy3", "pypy")
    assert executable_names("cpython", "3.13", "nt", free_threaded=False) == ("python.exe",)


def test_pyvenv_cfg_is_read_loosely(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_bytes(b"HOME = /opt/a=b\r\nno pair\n\nprompt=caf\xe9\n")

    assert read_configuration(str(tmp_path)) == {"home": "/opt/a=b", "prompt": "caf\udce9"}
    assert read_configuration(str(tmp_path / "absent")) is None
