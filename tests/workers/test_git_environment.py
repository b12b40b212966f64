"""What git is told through its environment."""

from __future__ import annotations

import pytest

from zephyr_workers.git_environment import (
    chooses_ssh,
    git_environment,
    local_environment,
    login_of,
    secrets_of,
)


def settings(environment: dict[str, str]) -> list[tuple[str, str]]:
    """Return the configuration in an environment, in order."""
    numbers = range(int(environment["GIT_CONFIG_COUNT"]))

    return [(environment[f"GIT_CONFIG_KEY_{n}"], environment[f"GIT_CONFIG_VALUE_{n}"]) for n in numbers]


def test_git_never_prompts_and_runs_no_hook() -> None:
    environment = git_environment({}, "https://host.example/x")
    configured = dict(settings(environment))

    assert environment["GIT_TERMINAL_PROMPT"] == "0"
    assert environment["GIT_ASKPASS"] == ""
    assert environment["SSH_ASKPASS_REQUIRE"] == "never"
    assert configured["core.hooksPath"] == "/dev/null" or configured["core.hooksPath"] == "nul"
    assert configured["core.fsmonitor"] == "false"
    assert configured["protocol.ext.allow"] == "never"


def test_settings_of_the_user_come_first_so_that_ours_win() -> None:
    given = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": "/evil"}
    configured = settings(git_environment(given, "https://host.example/x"))

    assert configured[0] == ("core.hooksPath", "/evil")
    assert dict(configured)["core.hooksPath"] != "/evil"


@pytest.mark.parametrize("count", ["", "-1", "many"])
def test_a_count_that_is_none_does_not_count(count: str) -> None:
    environment = git_environment({"GIT_CONFIG_COUNT": count}, "https://host.example/x")

    assert settings(environment)[0][0] == "advice.detachedHead"


def test_another_repository_and_traces_are_forgotten() -> None:
    given = {"GIT_DIR": "/other/.git", "GIT_INDEX_FILE": "/other", "GIT_TRACE_CURL": "1", "PATH": "/bin"}
    environment = git_environment(given, "https://host.example/x")

    assert not {"GIT_DIR", "GIT_INDEX_FILE", "GIT_TRACE_CURL"} & environment.keys()
    assert environment["PATH"] == "/bin"


def test_only_repositories_of_this_machine_lead_to_folders() -> None:
    assert git_environment({}, "https://host.example/x")["GIT_ALLOW_PROTOCOL"] == "git:http:https:ssh"
    assert git_environment({}, "file:///srv/x")["GIT_ALLOW_PROTOCOL"] == "file:git:http:https:ssh"
    assert local_environment(git_environment({}, "https://host.example/x"))["GIT_ALLOW_PROTOCOL"] == "file"


def test_what_the_user_allows_is_a_further_limit() -> None:
    given = {"GIT_ALLOW_PROTOCOL": "https:ext"}

    assert git_environment(given, "https://host.example/x")["GIT_ALLOW_PROTOCOL"] == "https"


def test_how_the_user_runs_ssh_stays() -> None:
    for own in ({"GIT_SSH_COMMAND": "ssh -i key"}, {"GIT_SSH": "plink"}):
        assert chooses_ssh(own)
        assert git_environment(own, "ssh://host.example/x").items() >= own.items()

    assert not chooses_ssh({"GIT_SSH": ""})


def test_a_login_is_for_its_own_origin_and_in_no_setting() -> None:
    environment = git_environment({}, "https://alice:s%3Acret@host.example:8443/x")
    login = [setting for setting in settings(environment) if setting[0].startswith("credential.https")]

    assert [key for key, _ in login] == ["credential.https://host.example:8443.helper"] * 2
    assert login[0][1] == ""
    assert environment["ZEPHYR_GIT_USERNAME"] == "alice"
    assert environment["ZEPHYR_GIT_PASSWORD"] == "s:cret"
    assert "cret" not in str(settings(environment))


def test_ssh_needs_no_login_of_ours() -> None:
    assert "ZEPHYR_GIT_USERNAME" not in git_environment({}, "ssh://git@host.example/x")


def test_every_spelling_of_a_secret_is_known() -> None:
    assert login_of("https://al%40ice:s%3acret@host.example/x") == ("al@ice", "s:cret")
    assert set(secrets_of("https://al%40ice:s%3acret@host.example/x")) == {
        "al%40ice", "al@ice", "s%3acret", "s%3Acret", "s:cret",
    }  # fmt: skip
    assert secrets_of("ssh://git@host.example/x") == ()
