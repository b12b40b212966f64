"""The environment of a build: what is taken away, what stays, what is set."""

from __future__ import annotations

import pytest

from zephyr_workers.build_variables import build_variables, secret_values


def of_build(**environment: str) -> dict[str, str]:
    return build_variables(environment, python="/env/bin/python", home="/own/home", temporary="/own/tmp")


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN",
        "CARGO_REGISTRY_TOKEN",
        "TWINE_PASSWORD",
        "TWINE_USERNAME",
        "AWS_ACCESS_KEY_ID",
        "AWS_SESSION_TOKEN",
        "ZEPHYR_INDEX_MINE_USERNAME",
        "PIP_INDEX_URL",
        "UV_INDEX_MINE_PASSWORD",
        "MY_SECRET",
        "DATABASE_PASSWD",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "OPENAI_API_KEY",
        "SSH_AUTH_SOCK",
        "CI_JOB_JWT",
        "npm_config_authtoken",
    ],
)
def test_secrets_are_taken_away(name: str) -> None:
    assert name not in of_build(**{name: "some value"})
    assert secret_values({name: "some value"}) == {"some value"}


@pytest.mark.parametrize(
    "name",
    [
        "CFLAGS",
        "LDFLAGS",
        "PKG_CONFIG_PATH",
        "CC",
        "SETUPTOOLS_SCM_PRETEND_VERSION",
        "CMAKE_ARGS",
        "MAX_JOBS",
        "GIT_AUTHOR_NAME",
        "SOURCE_DATE_EPOCH",
        "SSL_CERT_FILE",
        "HTTPS_PROXY",
        "no_proxy",
        "OPENSSL_DIR",
        "LANG",
        "COMPASS_HOME",
    ],
)
def test_what_builds_are_told_stays(name: str) -> None:
    assert of_build(**{name: "some value"})[name] == "some value"
    assert secret_values({name: "some value"}) == frozenset()


@pytest.mark.parametrize(
    "name", ["PYTHONPATH", "PYTHONHOME", "PIP_CONSTRAINT", "XDG_CACHE_HOME", "GIT_DIR", "PWD", "CONDA_PREFIX"]
)
def test_what_would_lead_a_build_elsewhere_is_taken_away(name: str) -> None:
    assert name not in of_build(**{name: "/somewhere"})
    assert secret_values({name: "/somewhere"}) == frozenset()


def test_a_login_in_the_url_of_any_variable_is_a_secret() -> None:
    environment = {"DATABASE_URL": "postgres://user:s3cr3t@db.example/x"}

    assert "DATABASE_URL" not in of_build(**environment)
    assert "s3cr3t" in secret_values(environment)


def test_a_proxy_stays_but_its_password_is_a_secret() -> None:
    environment = {"HTTPS_PROXY": "http://user:s3cr3t@proxy.example:3128"}

    assert of_build(**environment)["HTTPS_PROXY"] == environment["HTTPS_PROXY"]
    assert secret_values(environment) == {"user:s3cr3t", "s3cr3t"}


def test_short_values_are_not_hunted_in_logs() -> None:
    assert secret_values({"USE_TOKEN": "1", "MY_PASSWORD": "true"}) == frozenset()


def test_the_folders_and_the_path_are_the_builds_own() -> None:
    variables = of_build(PATH="/usr/bin", HOME="/home/me", VIRTUAL_ENV="/other")

    assert variables["PATH"] == "/env/bin:/usr/bin"
    assert variables["VIRTUAL_ENV"] == "/env"
    assert variables["HOME"] == "/own/home"
    assert {variables[name] for name in ("TMPDIR", "TEMP", "TMP")} == {"/own/tmp"}


def test_the_caches_of_compilers_stay_where_they_are() -> None:
    variables = of_build(HOME="/home/me", CCACHE_DIR="/fast/ccache")

    assert variables["CARGO_HOME"] == "/home/me/.cargo"
    assert variables["RUSTUP_HOME"] == "/home/me/.rustup"
    assert variables["CCACHE_DIR"] == "/fast/ccache"
