"""A new environment is what `python -m venv` would make, in one step or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from zephyr.environments import making, placement
from zephyr.environments.creation import create_environment
from zephyr.environments.errors import (
    EnvironmentExists,
    EnvironmentUnwritable,
    InvalidEnvironmentPath,
    NotAnEnvironment,
)
from zephyr.environments.facts import query_interpreter
from zephyr.environments.layout import read_configuration

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from tests.environments.conftest import MemoryStore
    from zephyr.environments.placement import Place
    from zephyr.model.interpreter import Interpreter

ENVIRON = {"PATH": os.defpath}
SELF_PORTRAIT = """
import json, site, sys, sysconfig
print(json.dumps({
    "prefix": sys.prefix, "base": sys.base_prefix, "exec": sys.exec_prefix, "path": sys.path,
    "site": site.getsitepackages(), "user": site.ENABLE_USER_SITE, "paths": sysconfig.get_paths(),
    "version": sys.version, "flags": list(sys.flags),
}))
"""


def portrait(root: Path, name: str = "python") -> dict[str, Any]:
    ran = subprocess.run(
        [str(root / "bin" / name), "-c", SELF_PORTRAIT], check=True, capture_output=True, text=True
    )
    facts: dict[str, Any] = json.loads(ran.stdout)

    return facts


def entries(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def test_the_facts_of_a_new_environment_are_what_its_interpreter_says(
    installation: Interpreter, tmp_path: Path, store: MemoryStore
) -> None:
    environment = create_environment(str(tmp_path / "env"), installation, store=store)
    store.misses = 0

    assert query_interpreter(environment.interpreter.executable, ENVIRON) == environment.interpreter
    assert query_interpreter(environment.interpreter.executable, ENVIRON, store) == environment.interpreter
    assert store.misses == 0
    assert environment.kind == "virtual"
    assert environment.scheme == environment.interpreter.scheme


def test_it_is_the_environment_that_venv_makes(installation: Interpreter, tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs" / "env", tmp_path / "ours" / "env"
    made = subprocess.run(
        [installation.executable, "-m", "venv", "--without-pip", str(theirs)],
        check=False,
        capture_output=True,
    )

    if made.returncode:
        pytest.skip("this Python has no venv module")

    create_environment(str(ours), installation)
    expected = json.loads(json.dumps(portrait(theirs)).replace(str(theirs), str(ours)))

    assert portrait(ours) == expected
    assert portrait(ours, f"python{installation.minor}") == expected


@pytest.mark.parametrize(
    "name", ["with space", "it's", 'say "hi"', "ünïcode ✓", "new\nline", "$(touch x)", "%PATH%"]
)
def test_any_name_works(base: Interpreter, tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    create_environment(str(root), base)

    assert portrait(root)["prefix"] == str(root)


def test_an_environment_of_an_environment_leans_on_the_base(base: Interpreter, tmp_path: Path) -> None:
    first = create_environment(str(tmp_path / "first"), base)
    second = create_environment(str(tmp_path / "second"), first.interpreter)

    assert second.interpreter.base_prefix == base.base_prefix
    assert portrait(tmp_path / "second")["base"] == base.base_prefix
    assert str(tmp_path / "first") not in (tmp_path / "second" / "pyvenv.cfg").read_text()


def test_a_link_to_an_installation_is_followed_to_it(base: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "python3").symlink_to(base.executable)
    linked = query_interpreter(str(tmp_path / "tools" / "python3"), ENVIRON)

    environment = create_environment(str(tmp_path / "env"), linked)

    assert os.path.dirname(os.path.dirname(environment.interpreter.base_executable)) == base.base_prefix
    assert portrait(tmp_path / "env")["paths"]["stdlib"] == base.standard_library


def test_pyvenv_cfg_says_what_others_look_for(base: Interpreter, tmp_path: Path) -> None:
    create_environment(str(tmp_path / "env"), base, prompt="two\nlines")
    values = read_configuration(str(tmp_path / "env")) or {}

    assert os.path.isfile(os.path.join(values["home"], f"python{base.minor}"))
    assert values["include-system-site-packages"] == "false"
    assert values["version"] == values["version_info"] == base.version
    assert values["implementation"] == "CPython"
    assert values["base-prefix"] == base.base_prefix
    assert values["prompt"] == "two lines"
    assert "zephyr" in values


def test_system_site_packages_are_seen_when_asked_for(base: Interpreter, tmp_path: Path) -> None:
    create_environment(str(tmp_path / "closed"), base)
    create_environment(str(tmp_path / "open"), base, system_site_packages=True)

    assert base.scheme.purelib not in portrait(tmp_path / "closed")["path"]
    assert base.scheme.purelib in portrait(tmp_path / "open")["path"]


def test_git_ignores_it(base: Interpreter, tmp_path: Path) -> None:
    create_environment(str(tmp_path / "env"), base)

    assert (tmp_path / "env" / ".gitignore").read_text() == "*\n"


def test_missing_parents_are_made(base: Interpreter, tmp_path: Path) -> None:
    create_environment(str(tmp_path / "a" / "b" / "env"), base)

    assert portrait(tmp_path / "a" / "b" / "env")["prefix"] == str(tmp_path / "a" / "b" / "env")


def test_an_empty_folder_is_filled(
    base: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    create_environment(".", base)

    assert portrait(tmp_path)["prefix"] == str(tmp_path)
    assert entries(tmp_path) >= {"bin", "lib", "pyvenv.cfg"}


def test_an_environment_is_replaced_only_when_told(base: Interpreter, tmp_path: Path) -> None:
    root = tmp_path / "env"
    create_environment(str(root), base)
    (root / "mine.txt").write_text("kept")

    with pytest.raises(EnvironmentExists) as caught:
        create_environment(str(root), base)

    assert "--clear" in (caught.value.hint or "")
    assert (root / "mine.txt").read_text() == "kept"

    create_environment(str(root), base, clear=True)

    assert not (root / "mine.txt").exists()
    assert portrait(root)["prefix"] == str(root)
    assert entries(tmp_path) == {"env"}


@pytest.mark.parametrize("clear", [False, True])
def test_a_folder_that_is_no_environment_is_never_touched(
    base: Interpreter, tmp_path: Path, clear: bool
) -> None:
    (tmp_path / "work" / "bin").mkdir(parents=True)
    (tmp_path / "work" / "thesis.txt").write_text("years")

    with pytest.raises(NotAnEnvironment) as caught:
        create_environment(str(tmp_path / "work"), base, clear=clear)

    assert caught.value.id == "not-an-environment"
    assert entries(tmp_path / "work") == {"bin", "thesis.txt"}
    assert entries(tmp_path) == {"work"}


def test_files_and_dead_links_are_never_touched(base: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    for name in ("file", "link"):
        with pytest.raises(NotAnEnvironment):
            create_environment(str(tmp_path / name), base, clear=True)

    assert entries(tmp_path) == {"file", "link"}


def test_a_link_to_an_environment_stays_a_link(base: Interpreter, tmp_path: Path) -> None:
    create_environment(str(tmp_path / "real"), base)
    (tmp_path / ".venv").symlink_to("real")
    create_environment(str(tmp_path / ".venv"), base, clear=True)

    assert (tmp_path / ".venv").is_symlink()
    assert portrait(tmp_path / "real")["prefix"] == str(tmp_path / "real")


def test_a_path_that_path_cannot_hold_is_refused(base: Interpreter, tmp_path: Path) -> None:
    with pytest.raises(InvalidEnvironmentPath):
        create_environment(str(tmp_path / "a:b"), base)

    assert entries(tmp_path) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8 exist on Linux only")
def test_a_path_that_is_not_utf_8_works(installation: Interpreter, tmp_path: Path) -> None:
    root = os.fsdecode(os.fsencode(str(tmp_path)) + b"/caf\xe9")
    create_environment(root, installation)
    ran = subprocess.run(
        [
            "/bin/sh",
            "-eu",
            "-c",
            '. "$0/bin/activate"; python -c "import sys; print(ascii(sys.prefix))"',
            root,
        ],
        env={**ENVIRON, "PS1": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip() == ascii(root)
    assert (read_configuration(root) or {})["prompt"] == "caf?"


def test_a_file_in_the_way_of_a_parent_is_an_error_with_its_name(base: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")

    with pytest.raises(EnvironmentUnwritable, match=r"Not a directory|File exists"):
        create_environment(str(tmp_path / "file" / "env"), base)


@pytest.mark.parametrize("clear", [False, True])
@pytest.mark.parametrize(
    ("module", "step"),
    [(os, "symlink"), (making, "write"), (making, "put_in_place")],
)
def test_a_creation_that_fails_leaves_everything_as_it_was(
    base: Interpreter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    step: str,
    clear: bool,
) -> None:
    if clear:
        create_environment(str(tmp_path / "env"), base)

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, step, fail)

    with pytest.raises(EnvironmentUnwritable, match="No space left"):
        create_environment(str(tmp_path / "env"), base, clear=clear)

    assert entries(tmp_path) == ({"env"} if clear else set())

    if clear:
        assert portrait(tmp_path / "env")["prefix"] == str(tmp_path / "env")


def test_the_old_environment_comes_back_when_the_new_one_cannot_be_put_there(
    base: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_environment(str(tmp_path / "env"), base)
    genuine = os.rename

    def refuse_the_new(source: str, target: str) -> None:
        if target == str(tmp_path / "env") and not source.endswith("old"):
            raise OSError(28, "No space left on device")

        genuine(source, target)

    monkeypatch.setattr(os, "rename", refuse_the_new)

    with pytest.raises(EnvironmentUnwritable):
        create_environment(str(tmp_path / "env"), base, clear=True)

    assert entries(tmp_path) == {"env"}
    assert portrait(tmp_path / "env")["prefix"] == str(tmp_path / "env")


def test_a_mount_point_is_filled_in_place(
    base: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "env"
    create_environment(str(root), base)
    (root / "mine.txt").write_text("gone soon")
    (root / "folder").mkdir()
    genuine = os.rename

    def busy(source: str, target: str) -> None:
        if str(root) in (source, target):
            raise OSError(16, "Device or resource busy")

        genuine(source, target)

    monkeypatch.setattr(os, "rename", busy)
    create_environment(str(root), base, clear=True)

    assert portrait(root)["prefix"] == str(root)
    assert not {"mine.txt", "folder"} & entries(root)


def test_of_two_creations_at_once_one_wins(
    base: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = placement.put_in_place

    def overtaken(stage: str, root: str, place: Place) -> None:
        monkeypatch.setattr(making, "put_in_place", genuine)
        create_environment(root, base, prompt="the winner")
        genuine(stage, root, place)

    monkeypatch.setattr(making, "put_in_place", overtaken)

    with pytest.raises(EnvironmentExists):
        create_environment(str(tmp_path / "env"), base)

    assert (read_configuration(str(tmp_path / "env")) or {})["prompt"] == "the winner"
    assert entries(tmp_path) == {"env"}


def test_a_creation_that_is_killed_leaves_no_environment(base: Interpreter, tmp_path: Path) -> None:
    code = f"""
import os, signal, sys
sys.path[:0] = {[path for path in sys.path if path]!r}
from zephyr.environments import creation
from zephyr.environments.facts import query_interpreter
def die(*arguments, **options): os.kill(os.getpid(), signal.SIGKILL)
base = query_interpreter({base.executable!r}, dict(os.environ))
os.symlink = die
creation.create_environment({str(tmp_path / "env")!r}, base)
"""
    ran = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)

    assert ran.returncode == -9, ran.stderr
    assert not (tmp_path / "env").exists()
    assert not list(tmp_path.rglob("pyvenv.cfg"))

    assert len(entries(tmp_path)) == 1

    create_environment(str(tmp_path / "env"), base)

    assert portrait(tmp_path / "env")["prefix"] == str(tmp_path / "env")
    assert entries(tmp_path) == {"env"}


@pytest.mark.parametrize("clear", [False, True])
def test_a_folder_whose_parent_cannot_be_written_is_filled(
    base: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clear: bool
) -> None:
    root = tmp_path / "env"
    root.mkdir()

    if clear:
        create_environment(str(root), base)

    genuine = os.makedirs

    def refuse_beside(path: str, *arguments: Any, **options: Any) -> None:
        if os.path.dirname(path) == str(tmp_path):
            raise PermissionError(13, "Permission denied")

        genuine(path, *arguments, **options)

    monkeypatch.setattr(os, "makedirs", refuse_beside)
    create_environment(str(root), base, clear=clear)

    assert portrait(root)["prefix"] == str(root)
    assert entries(root) == {"bin", "lib", "lib64", "pyvenv.cfg", ".gitignore"}
