"""What comes out on which stream: reports, JSON, levels, colours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed
from tests.support.source_archives import serve_backend, write_project
from zephyr.cli.output import redacted

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def demo(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep[x]>=1"])
    cli.index.serve("dep", "2.0", extras={"x": []})


def test_the_report_is_pips_and_alone_on_standard_output(cli: CommandLine) -> None:
    result = cli("install", "--dry-run", "--quiet", "--report", "-", "demo", raw=True)
    report = json.loads(result.out)

    assert report.keys() == {"version", "pip_version", "install", "environment"}
    assert report["version"] == "1"
    assert report["environment"]["python_full_version"] == cli.environment.interpreter.version
    demo, dep = report["install"]
    assert (demo["metadata"]["name"], demo["requested"], demo["is_direct"]) == ("demo", True, False)
    assert (dep["metadata"]["name"], dep["requested"], dep["is_yanked"]) == ("dep", False, False)
    assert demo["metadata"]["requires_dist"] == ["dep[x]>=1"]
    assert demo["download_info"]["url"] == cli.index.file_url("demo-1.0-py3-none-any.whl")
    assert demo["download_info"]["archive_info"]["hashes"].keys() == {"sha256"}
    assert result.err == ""


def test_the_report_can_go_to_a_file(cli: CommandLine) -> None:
    result = cli("install", "--report", "report.json", "demo")
    assert result.out == "Successfully installed demo-1.0 dep-2.0\n"
    report = json.loads((cli.folder / "report.json").read_text(encoding="utf-8"))
    assert [item["metadata"]["name"] for item in report["install"]] == ["demo", "dep"]
    assert cli.installed == {"demo": "1.0", "dep": "2.0"}


def test_a_report_on_nothing_to_do_is_a_report(cli: CommandLine) -> None:
    cli("install", "demo")

    assert json.loads(cli("install", "--report", "-", "demo").out)["install"] == []


def test_json_tells_what_was_done(cli: CommandLine) -> None:
    cli("install", "dep")
    result = cli("install", "--json", "demo")

    assert json.loads(result.out) == {
        "environment": "[DIR]/.venv",
        "dry_run": False,
        "changes": [{"name": "demo", "before": None, "after": "1.0"}],
        "warnings": [],
    }


def test_a_direct_wheel_is_reported_as_direct(cli: CommandLine) -> None:
    wheel = cli.index.serve("direct", "1.0")
    address = f"{cli.index.file_url(wheel.filename)}#sha256={wheel.sha256}"

    (item,) = json.loads(cli("install", "--dry-run", "--report", "-", f"direct @ {address}", raw=True).out)[
        "install"
    ]
    assert item["is_direct"]
    assert item["download_info"] == {
        "url": cli.index.file_url(wheel.filename),
        "archive_info": {"hash": f"sha256={wheel.sha256}", "hashes": {"sha256": wheel.sha256}},
    }


def test_every_level_says_more_than_the_one_below(cli: CommandLine) -> None:
    lines: list[int] = []

    for flags in (["-qq"], ["-q"], [], ["-v"], ["-vv"], ["-vvv"]):
        level = "".join(flags)
        cli.make_environment(f"env{level}")
        result = cli("install", *flags, "-p", f"env{level}", "--no-cache", "demo[unknown]")
        assert result.code == 0
        lines.append(len(result.err.splitlines()))

    assert lines == sorted(set(lines))
    assert lines[0] == 0


def test_the_first_level_up_names_downloads(cli: CommandLine) -> None:
    result = cli("install", "-v", "demo")

    assert sorted(result.err.splitlines()[:2]) == [
        "download: demo-1.0-py3-none-any.whl ([SIZE])",
        "download: dep-2.0-py3-none-any.whl ([SIZE])",
    ]


def test_the_first_level_up_tells_how_long_the_environment_was_between(cli: CommandLine) -> None:
    told = "[DIR]/.venv was between before and after for [TIME] ("

    assert told in cli("install", "-v", "demo").err
    assert told in cli("uninstall", "-y", "-v", "demo").err
    assert told not in cli("install", "demo").err


def test_colours_are_for_terminals_unless_they_are_forced(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def coloured() -> bool:
        return "\x1b[" in cli("install", "nonesuch", raw=True).err

    assert not coloured()
    cli.configure(FORCE_COLOR="1")
    assert coloured()
    cli.configure(NO_COLOR="1")
    assert not coloured()


def test_a_login_is_masked_up_to_the_last_at_sign() -> None:
    assert redacted("at https://anna:p@ss@host.example/x@1: no") == "at https://***@host.example/x@1: no"


def test_a_hostile_name_cannot_reach_the_terminal(cli: CommandLine) -> None:
    cli.index.serve("evil", "1.0")
    cli.index.set_status("evil", "quarantined", "\x1b]0;gotcha\x07\x1b[2J")

    result = cli("install", "evil", raw=True)
    assert "\x1b" not in result.err
    assert "gotcha" in result.err


def test_a_failure_has_no_traceback_below_the_highest_level(cli: CommandLine) -> None:
    assert "Traceback" not in cli("install", "-vv", "nonesuch").err
    assert "Traceback" in cli("install", "-vvv", "nonesuch").err


def test_a_bug_is_told_as_one(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("zephyr.pipeline.install.run_install", broken)

    result = cli("install", "demo")
    assert result == failed(
        """
        error[bug]: Zephyr failed in a way it should not: ZeroDivisionError: by zero
        hint: Run the same command with -vvv and report what it prints.
        """,
        code=2,
    )


def test_the_report_says_where_a_folder_lies(cli: CommandLine) -> None:
    serve_backend(cli.index)
    write_project(cli.folder / "local", "local")
    plain, editable = (
        json.loads(cli("install", "--dry-run", "--report", "-", *place, raw=True).out)["install"][0]
        for place in (["./local"], ["-e", "./local"])
    )
    address = (cli.folder / "local").as_uri()

    assert plain["download_info"] == {"url": address, "dir_info": {}}
    assert editable["download_info"] == {"url": address, "dir_info": {"editable": True}}
    assert plain["is_direct"] is True


@pytest.mark.parametrize("option", [["-q"], ["--quiet"], ["--json"]])
def test_pips_lines_give_way(cli: CommandLine, option: list[str]) -> None:
    assert "Successfully installed" not in cli("install", *option, "demo").out


def test_names_are_spelled_as_pip_does(cli: CommandLine) -> None:
    """What would be installed as its metadata has it, what was installed as it was asked for."""
    cli.index.serve("Big_Name", "1.0", requires=["needed-TOO", "last_one; sys_platform == 'none'"])
    cli.index.serve("needed_too", "2.0")

    assert cli("install", "--dry-run", "big-name").out == "Would install Big_Name-1.0 needed_too-2.0\n"
    assert cli("install", "big.name").out == "Successfully installed big.name-1.0 needed-TOO-2.0\n"
