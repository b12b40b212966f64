"""Facts equal what the interpreter itself says, are asked once, and never trusted blindly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import packaging
import pytest

from zephyr.environments import facts, probe
from zephyr.environments.errors import (
    InterpreterBroken,
    InterpreterNotFound,
    InterpreterTooOld,
)
from zephyr.environments.fact_record import packed, unpacked
from zephyr.environments.facts import ask, child_environment, query_interpreter, too_old
from zephyr_cache import Cache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.environments.conftest import MemoryStore
    from zephyr.model.interpreter import Interpreter

ENVIRON = {"PATH": os.defpath}
ORACLE = f"""
import json, sys, sysconfig
sys.path.insert(0, {os.path.dirname(os.path.dirname(packaging.__file__))!r})
from packaging.tags import sys_tags
from packaging.markers import default_environment
print(json.dumps([list(map(str, sys_tags())), default_environment(), sysconfig.get_paths()]))
"""


def test_tags_markers_and_folders_are_those_packaging_and_sysconfig_give_inside(
    installation: Interpreter,
) -> None:
    if installation.minor == "3.8":
        pytest.skip("the packaging library no longer runs on Python 3.8")

    ran = subprocess.run(
        [installation.executable, "-I", "-c", ORACLE], check=True, capture_output=True, text=True
    )
    tags, markers, paths = json.loads(ran.stdout)

    assert list(installation.tags) == tags
    assert installation.markers == markers
    assert installation.scheme.purelib == paths["purelib"]
    assert installation.scheme.platlib == paths["platlib"]
    assert installation.scheme.scripts == paths["scripts"]
    assert installation.scheme.data == paths["data"]
    assert installation.standard_library == paths["stdlib"]


def test_every_installation_is_asked_for_all_there_is(installation: Interpreter) -> None:
    code = (
        "import importlib.util, platform, sys; "
        "print(platform.python_version(), importlib.util.MAGIC_NUMBER.hex(), sys.implementation.cache_tag)"
    )
    ran = subprocess.run([installation.executable, "-c", code], check=True, capture_output=True, text=True)

    assert [installation.version, installation.magic, installation.cache_tag] == ran.stdout.split()
    assert installation.implementation == "cpython"
    assert installation.platform == os.name
    assert not installation.is_virtual_environment
    assert installation.base_executable == installation.executable
    assert f"cp{installation.minor.replace('.', '')}-none-any" in installation.tags


def test_the_program_and_its_reader_agree_on_the_mark() -> None:
    assert facts.MARK == probe.MARK


def test_the_second_question_is_answered_from_memory(base: Interpreter, store: MemoryStore) -> None:
    first = query_interpreter(base.executable, ENVIRON, store)
    missed = store.misses
    second = query_interpreter(base.executable, ENVIRON, store)

    assert store.misses == missed
    assert second == first


def test_facts_survive_in_the_real_cache(base: Interpreter, tmp_path: Path) -> None:
    with Cache.open(str(tmp_path / "cache")) as cache:
        first = query_interpreter(base.executable, ENVIRON, cache)
        # An interpreter that could not be run would be an error now.
        again = query_interpreter(base.executable, ENVIRON, cache, time_limit=0.0)

    assert again == first


def test_a_replaced_file_is_asked_anew(
    base: Interpreter, store: MemoryStore, tmp_path: Path, script: Callable[[Path, str], str]
) -> None:
    path = tmp_path / "python3"
    path.symlink_to(base.executable)
    query_interpreter(str(path), ENVIRON, store)
    path.unlink()
    script(path, "exit 3")

    with pytest.raises(InterpreterBroken, match="status 3"):
        query_interpreter(str(path), ENVIRON, store)


def test_a_script_that_runs_another_interpreter_is_asked_every_time(
    base: Interpreter, store: MemoryStore, tmp_path: Path, script: Callable[[Path, str], str]
) -> None:
    wrapper = script(tmp_path / "python3", f'exec "{base.executable}" "$@"')

    assert query_interpreter(wrapper, ENVIRON, store).executable == base.executable
    script(tmp_path / "python3", "exit 3")

    with pytest.raises(InterpreterBroken):
        query_interpreter(wrapper, ENVIRON, store)


def test_a_damaged_memory_is_a_miss(base: Interpreter, store: MemoryStore) -> None:
    first = query_interpreter(base.executable, ENVIRON, store)

    for record in (b"", b"one", b"one\0two", b"scheme.one\0two\0tags\0three", b"\xff"):
        store.records = dict.fromkeys(store.records, record)
        assert query_interpreter(base.executable, ENVIRON, store) == first


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(InterpreterNotFound, match="no Python interpreter at"):
        query_interpreter(str(tmp_path / "python3"), ENVIRON)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("exit 1", "status 1"),
        ("echo hello", "did not answer as a Python interpreter does"),
        ("echo 'zephyr-interpreter-facts:{}'", "incomplete"),
        ("kill -9 $$", "status -9"),
    ],
)
def test_what_does_not_answer_is_broken(
    tmp_path: Path, script: Callable[[Path, str], str], body: str, reason: str
) -> None:
    with pytest.raises(InterpreterBroken, match=reason) as caught:
        query_interpreter(script(tmp_path / "python3", body), ENVIRON)

    assert caught.value.id == "interpreter-broken"


def test_what_cannot_be_run_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "python3"
    path.write_bytes(b"\x7fELF no more")
    path.chmod(0o755)

    with pytest.raises(InterpreterBroken, match="cannot be run"):
        query_interpreter(str(path), ENVIRON)


def test_what_hangs_is_broken_after_the_time_limit(
    tmp_path: Path, script: Callable[[Path, str], str]
) -> None:
    hanging = script(tmp_path / "python3", "exec tail -f /dev/null")

    with pytest.raises(InterpreterBroken, match=r"within 0\.2 seconds"):
        query_interpreter(hanging, ENVIRON, time_limit=0.2)


@pytest.mark.parametrize(
    ("errors", "version"),
    [
        ("Unknown option: -I\nusage: python [option]", "2"),
        ("zephyr-interpreter-too-old:3.7.16\n", "3.7.16"),
        ("no such file: sys.exit('zephyr-interpreter-too-old:' + ...)\n", None),
        ("", None),
    ],
)
def test_old_interpreters_are_known_by_what_they_complain_of(errors: str, version: str | None) -> None:
    assert too_old(errors) == version


def test_an_old_interpreter_is_named_with_its_version(
    tmp_path: Path, script: Callable[[Path, str], str]
) -> None:
    old = script(tmp_path / "python3", "echo zephyr-interpreter-too-old:3.6.15 >&2; exit 1")

    with pytest.raises(InterpreterTooOld, match=r"is Python 3\.6\.15"):
        query_interpreter(old, ENVIRON)


def test_the_current_folder_cannot_change_the_answer(
    base: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path)

    assert ask(base.executable, {**ENVIRON, "PYTHONPATH": str(tmp_path)})["prefix"] == base.prefix


def test_the_child_gets_no_variables_of_python() -> None:
    environ = {"PYTHONHOME": "/x", "PYTHONPATH": "/y", "__PYVENV_LAUNCHER__": "/z", "PATH": "/bin"}

    assert child_environment(environ) == {"PATH": "/bin", "SYSTEM_VERSION_COMPAT": "0"}


def test_managed_installations_are_noticed_although_remembered(
    base: Interpreter, store: MemoryStore, tmp_path: Path
) -> None:
    query_interpreter(base.executable, ENVIRON, store)
    (tmp_path / "EXTERNALLY-MANAGED").write_text("[externally-managed]\nError=Ask somebody else\n")
    ((place, record),) = store.records.items()
    known = unpacked(record)
    assert known is not None
    store.records[place] = packed(replace(known, standard_library=str(tmp_path)))

    assert query_interpreter(base.executable, ENVIRON, store).externally_managed == "Ask somebody else"


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8 exist on Linux only")
def test_a_path_that_is_not_unicode_is_kept(base: Interpreter, store: MemoryStore, tmp_path: Path) -> None:
    folder = os.fsdecode(os.fsencode(str(tmp_path)) + b"/caf\xe9")
    os.mkdir(folder)
    os.symlink(base.executable, f"{folder}/python3")

    found = query_interpreter(f"{folder}/python3", ENVIRON, store)

    assert found.executable == f"{folder}/python3"
    assert query_interpreter(f"{folder}/python3", ENVIRON, store) == found
    shutil.rmtree(folder)


def test_a_store_that_cannot_be_written_does_no_harm(base: Interpreter, tmp_path: Path) -> None:
    with Cache.open(str(tmp_path / "cache")) as cache:
        (tmp_path / "cache" / facts.BUCKET).write_text("in the way")
        found = query_interpreter(base.executable, ENVIRON, cache)

    assert found == replace(base, executable=found.executable)
