from __future__ import annotations

import pytest

from zephyr_perf.commands import VERBS, command, environment, tools_of
from zephyr_perf.scenario import Cache, Place, Scenario
from zephyr_perf.scenarios import ON_DISK, all_scenarios, chosen

PLACES = (
    "zephyr uv pip poetry pdm python zephyr_python"
    " venv project cache index requirements locked pylock added out home"
)
FILLINGS: dict[str, str] = dict.fromkeys(PLACES.split(), "x")


@pytest.mark.parametrize("scenario", all_scenarios(), ids=lambda one: one.name)
def test_every_tool_of_a_scenario_has_its_commands(scenario: Scenario) -> None:
    verbs = [scenario.verb, *scenario.before, *scenario.after, *filter(None, [scenario.primer])]

    for verb in verbs:
        assert set(scenario.tools) <= tools_of(verb), verb


def test_names_are_unique() -> None:
    names = [one.name for one in all_scenarios()]

    assert len(names) == len(set(names))


def test_only_a_kept_place_is_prepared_and_cleared_up() -> None:
    for scenario in all_scenarios():
        assert scenario.place is Place.KEPT or not (scenario.before or scenario.after), scenario.name


def test_only_a_cache_that_is_not_cold_has_a_primer() -> None:
    for scenario in all_scenarios():
        assert scenario.cache in {Cache.WARM, Cache.COPIED} or scenario.primer is None, scenario.name


def test_every_command_can_be_filled_in() -> None:
    for verb, tools in VERBS.items():
        for tool in tools:
            assert command(verb, tool, FILLINGS), (verb, tool)


def test_a_path_with_a_space_stays_one_word() -> None:
    words = command("version", "uv", {**FILLINGS, "uv": "/srv/a tool/uv"})

    assert words == ["/srv/a tool/uv", "--version"]


def test_no_setting_of_the_caller_reaches_a_tool() -> None:
    environ = {
        "PATH": "/bin",
        "PIP_INDEX_URL": "https://index.example/simple/",
        "ZEPHYR_OFFLINE": "1",
        "UV_X": "1",
    }
    variables = environment("lock", environ, FILLINGS, None)

    assert variables["PATH"] == "/bin"
    assert variables.keys() & {"PIP_INDEX_URL", "ZEPHYR_OFFLINE", "UV_X"} == set()


def test_a_resolve_is_never_answered_by_a_memo() -> None:
    assert "ZEPHYR_NO_MEMO" in environment("resolve", {}, FILLINGS, None)
    assert "ZEPHYR_NO_MEMO" not in environment("lock", {}, FILLINGS, None)


def test_all_tools_trust_the_certificate_of_the_index() -> None:
    variables = environment("resolve", {}, FILLINGS, "/srv/certificate.pem")

    assert {variables[name] for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")} == {
        "/srv/certificate.pem"
    }


def test_scenarios_are_chosen_by_parts_of_their_names() -> None:
    names = [one.name for one in chosen(["resolve-cold-trio"], quick=False, disk=False)]

    assert names == ["resolve-cold-trio", "resolve-cold-trio-20ms", "resolve-cold-trio-plain"]


def test_the_quick_run_leaves_the_large_workloads_out() -> None:
    assert "airflow" not in {one.workload for one in chosen([], quick=True, disk=False)}


def test_installs_are_repeated_on_a_disk_where_that_is_asked_for() -> None:
    disk = [one for one in chosen(["install-warm-jupyter"], quick=False, disk=True) if one.is_disk]

    assert [one.name for one in disk] == ["install-warm-jupyter-disk"]


def test_what_a_disk_is_asked_to_repeat_is_there_to_be_repeated() -> None:
    assert {one.name for one in all_scenarios()} >= ON_DISK
