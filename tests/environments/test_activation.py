"""Activation makes an environment the shell's own, whatever its path is called, and can be undone."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.activation import (
    activation_scripts,
    quote_fish,
    quote_powershell,
    quote_sh,
    shown_name,
)
from zephyr.environments.creation import create_environment

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr.model.interpreter import Interpreter

SHELLS = [name for name in ("sh", "bash", "dash", "zsh", "ksh") if shutil.which(name)]
NAMES = [
    "plain",
    "with space",
    "it's",
    'a "b"',
    "$(touch hacked)",
    "`touch hacked`",
    "ünï ✓",
    "new\nline",
    "a\\b",
    "@ROOT@",
]


def run(shell: str, script: str, folder: Path, **variables: str) -> list[str]:
    """Run ``script`` strictly and return what it prints, split at NUL characters."""
    environ = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", **variables}
    ran = subprocess.run(
        [shell, "-eu", "-c", f"PS1='$ '\n{script}"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not ran.stderr

    return ran.stdout.split("\0")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", NAMES)
def test_posix_shells_run_the_environments_python(
    base: Interpreter, tmp_path: Path, shell: str, name: str
) -> None:
    root = tmp_path / name
    create_environment(str(root), base)
    script = """
        . "$1/bin/activate"
        python -c 'import sys; print(sys.prefix, end="")'
        printf '\\0%s\\0%s\\0%s' "$VIRTUAL_ENV" "$VIRTUAL_ENV_PROMPT" "$PS1"
    """
    prefix, variable, prompt, shown = run(shell, script.replace("$1", "$ROOT"), tmp_path, ROOT=str(root))

    assert prefix == variable == str(root)
    assert prompt == name
    assert shown == f"({shown_name(name)}) $ "
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_deactivate_undoes_everything(base: Interpreter, tmp_path: Path, shell: str) -> None:
    create_environment(str(tmp_path / "env"), base)
    script = """
        . env/bin/activate
        test -z "${PYTHONHOME+set}"
        deactivate
        printf '%s\\0%s\\0' "$PATH" "$PS1"
        printf '%s\\0%s' "${VIRTUAL_ENV-none}${VIRTUAL_ENV_PROMPT-none}" "$PYTHONHOME"
        if command -v deactivate >/dev/null; then exit 1; fi
    """

    assert run(shell, script, tmp_path, PYTHONHOME="/old") == [os.defpath, "$ ", "nonenone", "/old"]


@pytest.mark.parametrize("shell", SHELLS)
def test_activating_another_leaves_the_first(base: Interpreter, tmp_path: Path, shell: str) -> None:
    for name in ("one", "two"):
        create_environment(str(tmp_path / name), base)

    script = """
        . one/bin/activate
        . two/bin/activate
        printf '%s\\0%s' "$PATH" "$PS1"
    """

    assert run(shell, script, tmp_path) == [f"{tmp_path}/two/bin:{os.defpath}", "(two) $ "]


@pytest.mark.parametrize("shell", SHELLS)
def test_environments_of_venv_and_ours_take_turns(base: Interpreter, tmp_path: Path, shell: str) -> None:
    create_environment(str(tmp_path / "ours"), base)
    subprocess.run([base.executable, "-m", "venv", "--without-pip", str(tmp_path / "theirs")], check=True)
    script = """
        set +u
        . theirs/bin/activate
        . ours/bin/activate
        deactivate
        printf '%s\\0%s' "$PATH" "$PS1"
    """

    assert run(shell, script, tmp_path) == [os.defpath, "$ "]


def test_the_prompt_can_be_switched_off(base: Interpreter, tmp_path: Path) -> None:
    create_environment(str(tmp_path / "env"), base)
    script = """
        . env/bin/activate
        printf '%s' "$PS1"
        deactivate
    """

    assert run("sh", script, tmp_path, VIRTUAL_ENV_DISABLE_PROMPT="1") == ["$ "]


def test_the_prompt_can_be_chosen(base: Interpreter, tmp_path: Path) -> None:
    create_environment(str(tmp_path / "env"), base, prompt="my project")

    assert run("sh", '. env/bin/activate; printf "%s" "$PS1"', tmp_path) == ["(my project) $ "]


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_fish_runs_the_environments_python(base: Interpreter, tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    create_environment(str(root), base)
    script = "source $ROOT/bin/activate.fish; python -c 'import sys; print(sys.prefix, end=\"\")'; deactivate"
    ran = subprocess.run(
        ["fish", "-c", script],
        env={**os.environ, "ROOT": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == str(root)


@pytest.mark.skipif(not shutil.which("pwsh"), reason="PowerShell is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_powershell_runs_the_environments_python(base: Interpreter, tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    create_environment(str(root), base)
    script = (
        ". ([IO.Path]::Combine($env:ROOT, 'bin', 'Activate.ps1')); python -c 'import sys; print(sys.prefix)'"
    )
    ran = subprocess.run(
        ["pwsh", "-NoProfile", "-Command", script],
        env={**os.environ, "ROOT": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.rstrip("\n") == str(root)


def test_every_placeholder_is_filled_and_every_shell_served() -> None:
    scripts = activation_scripts("/srv/env", "env", "bin")

    assert set(scripts) == {"activate", "activate.fish", "Activate.ps1", "activate.bat", "deactivate.bat"}
    assert not any(f"@{name}@" in text for text in scripts.values() for name in ("ROOT", "PROMPT", "SHOWN"))
    assert all("\r\n" in text for name, text in scripts.items() if name.endswith(".bat"))


@pytest.mark.parametrize(
    ("quote", "text", "quoted"),
    [
        (quote_sh, "it's", "'it'\\''s'"),
        (quote_fish, "it's a\\b", "'it\\'s a\\\\b'"),
        (quote_powershell, "it's \u2019", "'it''s \u2019\u2019'"),
    ],
)
def test_each_shell_is_quoted_by_its_own_rules(quote: object, text: str, quoted: str) -> None:
    assert callable(quote)
    assert quote(text) == quoted


def test_what_a_prompt_would_run_is_not_shown() -> None:
    assert shown_name("$(rm -rf ~) `x` %n \\u !1\n") == "_(rm -rf ~) _x_ _n _u _1_"
