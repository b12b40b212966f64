"""``zephyr inspect``: the inspect report that other tools read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.installed_files import put_distribution

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


def _report(cli: CommandLine, *options: str) -> dict[str, Any]:
    result = cli("inspect", *options, raw=True)
    assert (result.code, result.err) == (0, "")

    report: dict[str, Any] = json.loads(result.out)

    return report


def test_the_report_has_everything_that_is_known(cli: CommandLine) -> None:
    url: dict[str, Any] = {"url": "https://files.example/demo.whl", "archive_info": {}}
    info = put_distribution(
        cli.site, "Demo", "1.0", requires=["dep"], direct_url=url, installer="zephyr", requested=True
    )
    report = _report(cli)

    assert report["version"] == "1"
    assert report["environment"] == dict(cli.environment.interpreter.markers)
    assert report["installed"] == [
        {
            "metadata": {
                "metadata_version": "2.3",
                "name": "Demo",
                "version": "1.0",
                "requires_dist": ["dep"],
                "description": "A project made for a test.\n",
            },
            "metadata_location": info,
            "direct_url": url,
            "installer": "zephyr",
            "requested": True,
        }
    ]


def test_what_nobody_asked_for_and_nobody_signed(cli: CommandLine) -> None:
    put_distribution(cli.site, "demo", "1.0")
    (entry,) = _report(cli)["installed"]

    assert entry["requested"] is False
    assert not {"installer", "direct_url"} & entry.keys()


def test_a_folder_alone(cli: CommandLine) -> None:
    put_distribution(cli.site, "demo", "1.0")
    put_distribution(str(cli.folder / "there"), "other", "1.0")

    assert [one["metadata"]["name"] for one in _report(cli, "--path", "there")["installed"]] == ["other"]
