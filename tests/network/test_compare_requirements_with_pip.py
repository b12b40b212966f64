"""What the comparison of requirements files tells apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.network.compare_requirements_with_pip import Outcome, differences, distribution_line, main
from tests.support.wheels import build_wheel

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def outcome(*installed: str, code: int = 0) -> Outcome:
    return Outcome(code, 1.0, frozenset(installed), "")


def reported(**fields: Any) -> dict[str, Any]:
    return {"metadata": {"name": "Demo_App", "version": "1.0"}, **fields}


def test_a_distribution_is_told_by_its_normalized_name_and_version() -> None:
    assert distribution_line(reported(requested=False)) == "demo-app==1.0"


def test_what_was_asked_for_and_from_where_tell_distributions_apart() -> None:
    url = {"url": "file:///srv/demo", "dir_info": {"editable": True}}

    assert distribution_line(reported(requested=True, direct_url=url)) == (
        'demo-app==1.0, requested, from {"dir_info": {"editable": true}, "url": "file:///srv/demo"}'
    )


def test_times_and_prose_are_no_difference() -> None:
    assert differences(outcome("demo==1.0"), Outcome(0, 9.0, frozenset({"demo==1.0"}), "warning")) == []


def test_every_difference_names_the_tool() -> None:
    assert differences(outcome("demo==1.0", "dep==1.0"), outcome("demo==2.0", "dep==1.0", code=1)) == [
        "exit code: pip 0, zephyr 1",
        "only pip: demo==1.0",
        "only zephyr: demo==2.0",
    ]


def test_a_file_is_installed_by_both_in_the_project_s_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    build_wheel("demo", "1.0", requires=["dep"]).write(project)
    build_wheel("dep", "1.0").write(project)
    (project / "requirements.txt").write_text("--no-index\n--find-links .\ndemo\n")

    code = main([str(tmp_path / "work"), "--project", str(project), "requirements.txt"])

    assert code == 0
    assert capsys.readouterr().out.startswith("same     requirements.txt: 2 distributions, exit code 0")
