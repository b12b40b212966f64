from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from zephyr.errors import UsageError
from zephyr.settings import configured_options, refuse_unknown_options, user_file, variable_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"ZEPHYR_CONFIG_FILE": str(tmp_path / "zephyr.toml"), "PIP_CONFIG_FILE": os.devnull}


def test_the_variable_of_an_option_is_its_name_in_capitals() -> None:
    assert variable_of("--extra-index-url") == "ZEPHYR_EXTRA_INDEX_URL"


def test_pip_variables_are_read(environ: dict[str, str]) -> None:
    environ |= {
        "PIP_EXTRA_INDEX_URL": "https://a.example/simple https://b.example/simple",
        "PIP_NO_INDEX": "yes",
    }

    assert configured_options(environ) == {
        "extra-index-url": ["https://a.example/simple", "https://b.example/simple"],
        "no-index": True,
    }


def test_pip_files_are_read_and_its_variables_win(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://file.example/simple\ntimeout = 7\n"
        "[install]\ntimeout = 9\nfind-links =\n  a\n  b\n"
    )
    environ |= {
        "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"),
        "PIP_INDEX_URL": "https://variable.example/simple",
    }
    options = configured_options(environ)

    assert options["index-url"] == "https://variable.example/simple"
    assert options["timeout"] == "9"
    assert options["find-links"] == ["a", "b"]


def test_what_pips_file_says_to_one_command_stays_with_it(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text(
        "[install]\nuser = yes\nno-compile = yes\ntarget = a\n[global]\nquiet = 2\nlog-file = x.log\n"
    )
    environ |= {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_TARGET": "b"}

    options = configured_options(environ)

    assert options["install.user"] is True
    assert options["install.compile-bytecode"] is False
    assert options["target"] == "b"
    assert (options["quiet"], options["log"]) == (2, "x.log")
    assert not {"user", "install.target"} & options.keys()


@pytest.mark.parametrize(
    ("variable", "value", "option", "understood"),
    [
        ("PIP_UPLOADED_PRIOR_TO", "P3D", "exclude-newer", "P3D"),
        ("PIP_NO_CACHE_DIR", "1", "no-cache", True),
        ("PIP_NO_DEPENDENCIES", "off", "no-deps", False),
        ("PIP_FORCE_REINSTALL", "true", "reinstall", True),
        ("PIP_CONSTRAINT", "a.txt b.txt", "constraint", ["a.txt", "b.txt"]),
        ("PIP_QUIET", "yes", "quiet", 1),
        ("PIP_UPGRADE_STRATEGY", "eager", "upgrade-strategy", "eager"),
        ("PIP_ROOT", " /srv ", "root", "/srv"),
    ],
)
def test_pips_names_have_ours(
    environ: dict[str, str], variable: str, value: str, option: str, understood: object
) -> None:
    assert configured_options(environ | {variable: value}) == {option: understood}


def test_a_yes_or_no_of_pip_that_is_neither(environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="pip's user is 'maybe'") as raised:
        configured_options(environ | {"PIP_USER": "maybe"})

    assert raised.value.id == "settings-value"


def test_the_users_own_file_wins_over_pip(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "zephyr.toml").write_text('index_url = "https://own.example/simple"\n')
    environ |= {"PIP_INDEX_URL": "https://pip.example/simple"}

    assert configured_options(environ)["index-url"] == "https://own.example/simple"


def test_pips_own_business_is_left_alone(environ: dict[str, str]) -> None:
    environ |= {"PIP_CACHE_DIR": "/elsewhere", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    assert configured_options(environ) == {}


def test_pairs_are_a_table(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "zephyr.toml").write_text('[mirror]\n"https://a.example/?b=c" = "https://d.example/"\n')

    assert configured_options(environ)["mirror"] == ["https://a.example/?b=c=https://d.example/"]


@pytest.mark.parametrize(
    "text", ["index-url = ", "[table]\nx = '1'", "[mirror]\nx = 1", "a = 1\na = 2", "\x00"]
)
def test_a_settings_file_that_cannot_be_understood_is_named(
    environ: dict[str, str], tmp_path: Path, text: str
) -> None:
    (tmp_path / "zephyr.toml").write_text(text)

    with pytest.raises(UsageError) as raised:
        configured_options(environ)

    assert raised.value.id == "settings-file"
    assert user_file(environ) in raised.value.message


def test_a_pip_file_that_cannot_be_understood_is_named(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("no section\n")
    environ["PIP_CONFIG_FILE"] = str(tmp_path / "pip.conf")

    with pytest.raises(UsageError) as raised:
        configured_options(environ)

    assert "pip.conf" in raised.value.message


def test_a_name_that_no_command_has_is_refused_with_the_nearest(environ: dict[str, str]) -> None:
    known = {"index-url", "find-links"}
    refuse_unknown_options({"index-url": "x"}, known, environ)

    for name, hint in (("index-ulr", "Is index-url meant?"), ("zzz", "Options go by their long names.")):
        with pytest.raises(UsageError, match=name) as raised:
            refuse_unknown_options({name: 1}, known, environ)

        assert (raised.value.id, raised.value.hint) == ("settings-unknown", hint)


def test_what_only_some_commands_of_pip_have_is_for_them_alone(
    environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nexclude = pip\n[list]\nformat = freeze\n")
    environ |= {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_FORMAT": "json"}

    options = configured_options(environ)
    assert options.items() >= {"freeze.exclude": "pip", "list.exclude": "pip", "list.format": "json"}.items()
    assert not {"exclude", "format"} & options.keys()
