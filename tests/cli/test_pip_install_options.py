"""Every option of ``pip install`` is accepted, and docs/pip-install.md says of each what it is here."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer.main

from zephyr.cli.typed_commands import build

PAGE = Path(__file__).parents[2] / "docs" / "pip-install.md"
ROW = re.compile(r"^\| (`-.*?`) \| (.*) \|$", re.MULTILINE)
OPTION = re.compile(r"`(-[^`]+)`")
HELP = re.compile(r"^  (?:(-\w), )?(--[a-z0-9-]+)", re.MULTILINE)


@cache
def described() -> dict[str, str]:
    """What the page says of each spelling."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))

    return {name: said for names, said in rows for name in OPTION.findall(names)}


@cache
def accepted() -> dict[str, Any]:
    """The parameters of ``zephyr install`` by every spelling."""
    command: Any = typer.main.get_command(build())
    install: Any = command.commands["install"]

    return {flag: one for one in install.params for flag in (*one.opts, *one.secondary_opts)}


def test_the_page_has_all_options() -> None:
    assert len(described()) > 80


@pytest.mark.parametrize("option", sorted(described()))
def test_an_option_of_the_page_is_accepted(option: str) -> None:
    assert option in accepted() or option in {"-h", "--help"}


@pytest.mark.parametrize("option", sorted(described()))
def test_what_is_said_of_an_option_is_one_of_three(option: str) -> None:
    assert re.match(r"same\b|no effect\b|as `--", described()[option])


def test_what_has_no_effect_says_so_in_its_help() -> None:
    silent = {option for option, said in described().items() if said.startswith("no effect")}
    helps = {option: str(accepted()[option].help) for option in silent}

    assert {option for option, text in helps.items() if "has no effect" not in text} == set()


@pytest.mark.skipif(find_spec("pip") is None, reason="pip is not here to be asked")
def test_pip_has_no_option_that_the_page_lacks() -> None:
    command = [sys.executable, "-m", "pip", "install", "--help"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    names = {name for pair in HELP.findall(text) for name in pair if name}

    assert names - described().keys() == set()
