"""What Zephyr and pip make of the same pinned set is the same, file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.network.compare_with_pip import compare, install_both

if TYPE_CHECKING:
    from pathlib import Path

LOCKED = (
    "markupsafe==3.0.2",  # a C extension
    "jinja2==3.1.6",
    "pyyaml==6.0.2",  # a C extension in a top-level folder of its own
    "psutil==6.1.1",
    "jmespath==1.0.1",  # scripts in .data
    "docutils==0.21.2",
    "pygments==2.19.1",
    "zope-interface==7.2",  # two owners of one namespace
    "zope-event==5.0",
    "google-auth==2.38.0",  # a namespace without __init__.py, and a .pth-free wheel
    "protobuf==5.29.3",
    "jupyterlab-widgets==3.0.13",  # files in share, from .data
    "widgetsnbextension==4.0.13",
    "six==1.17.0",  # one module
    "setuptools==75.8.0",  # a .pth file, capitals in paths
    "ruff==0.9.4",  # a binary script
)


@pytest.mark.network
@pytest.mark.timeout(600)
def test_the_same_files_with_the_same_modes(tmp_path: Path) -> None:
    ours, theirs = install_both(LOCKED, str(tmp_path))
    result = compare(ours, theirs)

    assert result.differences == ()
    assert result.distributions == len(LOCKED)
    assert result.scripts > 12


def test_a_comparison_finds_what_differs(tmp_path: Path) -> None:
    for name, mode, text in (("ours", 0o644, "1"), ("theirs", 0o755, "2")):
        (tmp_path / name / "bin").mkdir(parents=True)
        (tmp_path / name / "bin" / "run").write_text(f"#!{tmp_path / name}/bin/python\n")
        (tmp_path / name / "module.py").write_text(text)
        (tmp_path / name / "module.py").chmod(mode)
        (tmp_path / name / f"{name}.py").write_text("")

    assert compare(str(tmp_path / "ours"), str(tmp_path / "theirs")).differences == (
        "only Zephyr: ours.py",
        "only pip: theirs.py",
        "mode: module.py: 644 and 755",
        "content: module.py",
    )
