"""Bytecode made by a child interpreter is what that interpreter would make, and is used by it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.wheels import build_wheel
from zephyr_cache import Cache
from zephyr_workers.bytecode import BytecodeCompiler, compile_tree
from zephyr_workers.bytecode_process import BytecodeFailed
from zephyr_workers.kept_bytecode import variant_of
from zephyr_workers.unpack import unpack_wheel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr_cache import Tree

TAG = str(sys.implementation.cache_tag)
MAGIC = importlib.util.MAGIC_NUMBER.hex()
GOOD = {
    "demo/__init__.py": "",
    "demo/core.py": "def where():\n    return __file__, where.__code__.co_filename\n",
}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache.open(str(tmp_path / "cache"))


def unpacked(cache: Cache, folder: Path, files: Mapping[str, str | bytes], name: str = "demo") -> Tree:
    built = build_wheel(name, files=files)

    return unpack_wheel(str(built.write(folder)), built.filename, cache, built.sha256).tree


def compiled(tree: Tree, cache: Cache, optimisation: int = 0) -> Tree:
    return compile_tree(tree, sys.executable, TAG, MAGIC, optimisation, cache)


def fake_interpreter(folder: Path, program: str) -> str:
    """Write an executable that runs ``program`` instead of what it is asked for."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{program}\n")
    path.chmod(0o755)

    return str(path)


def test_the_layout_is_that_of_the_sources(cache: Cache, tmp_path: Path) -> None:
    files = {**GOOD, "demo-1.0.data/platlib/fast.py": "x = 1\n", "demo-1.0.data/scripts/tool.py": "x\n"}
    tree = compiled(unpacked(cache, tmp_path, files), cache)

    assert {f"{file.section}/{file.path}" for file in tree.files} == {
        f"purelib/demo/__pycache__/__init__.{TAG}.pyc",
        f"purelib/demo/__pycache__/core.{TAG}.pyc",
        f"platlib/__pycache__/fast.{TAG}.pyc",
    }


@pytest.mark.parametrize(("optimisation", "suffix"), [(0, ""), (1, ".opt-1"), (2, ".opt-2")])
def test_optimised_bytecode_has_its_own_name_and_variant(
    cache: Cache, tmp_path: Path, optimisation: int, suffix: str
) -> None:
    tree = compiled(unpacked(cache, tmp_path, {"one.py": "assert False, __doc__\n"}), cache, optimisation)

    assert [file.path for file in tree.files] == [f"__pycache__/one.{TAG}{suffix}.pyc"]
    assert tree.variant == variant_of(TAG, MAGIC, optimisation)


def test_the_interpreter_uses_it_after_a_hard_link(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "315532800")
    source = unpacked(cache, tmp_path, GOOD)
    site = tmp_path / "site"

    for tree in (source, compiled(source, cache)):
        for file in tree.files:
            (site / file.path).parent.mkdir(parents=True, exist_ok=True)
            os.link(f"{tree.path}/{file.section}/{file.path}", site / file.path)

    before = {path: path.stat().st_mtime_ns for path in site.rglob("*.pyc")}
    program = (
        f"import sys; sys.path.insert(0, {str(site)!r}); import demo.core as c; print(*c.where(), sep='\\n')"
    )
    run = subprocess.run([sys.executable, "-v", "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.splitlines() == [str(site / "demo/core.py")] * 2
    assert f"core.{TAG}.pyc matches" in run.stderr
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*.pyc")} == before


def test_files_that_do_not_compile_are_left_out_and_noted(cache: Cache, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        **GOOD,
        "demo/old.py": "print 'two'\n",
        "demo/null.py": b"a\0b",
        "demo/latin.py": b"x = '\xe9'\n",
    }
    tree = compiled(unpacked(cache, tmp_path, files), cache)

    assert len(tree.files) == len(GOOD)
    assert [name for name, _ in tree.attributes["skipped"]] == [
        "purelib/demo/latin.py",
        "purelib/demo/null.py",
        "purelib/demo/old.py",
    ]


def test_a_file_that_the_wheel_brings_itself_is_not_replaced(cache: Cache, tmp_path: Path) -> None:
    files = {"one.py": "x = 1\n", f"__pycache__/one.{TAG}.pyc": "its own\n", "two.py": ""}
    tree = compiled(unpacked(cache, tmp_path, files), cache)

    assert [file.path for file in tree.files] == [f"__pycache__/two.{TAG}.pyc"]


def test_it_is_compiled_once(cache: Cache, tmp_path: Path) -> None:
    source = unpacked(cache, tmp_path, GOOD)
    first = compiled(source, cache)

    assert compile_tree(source, "/nowhere/python", TAG, MAGIC, 0, cache) == first


def test_digests_are_those_of_the_files(cache: Cache, tmp_path: Path) -> None:
    tree = compiled(unpacked(cache, tmp_path, GOOD), cache)

    for file in tree.files:
        with open(f"{tree.path}/{file.section}/{file.path}", "rb") as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == file.sha256


def test_one_compiler_serves_many_trees_and_threads(cache: Cache, tmp_path: Path) -> None:
    names = [f"demo{number}" for number in range(12)]
    trees = [unpacked(cache, tmp_path, {f"{name}.py": "x = 1\n"}, name) for name in names]
    done: list[Tree] = []

    with BytecodeCompiler(sys.executable, TAG, MAGIC) as compiler:

        def work(part: list[Tree]) -> None:
            done.extend(compiler.compile_tree(tree, cache) for tree in part)

        threads = [threading.Thread(target=work, args=(trees[start::3],)) for start in range(3)]

        for thread in threads:
            thread.start()

        for thread in threads:
            thread.join(30)

    assert sorted(tree.digest for tree in done) == sorted(tree.digest for tree in trees)


EMPTY = hashlib.sha256(b"").hexdigest()


class TestChildrenThatMisbehave:
    def test_a_file_that_kills_the_compiler_is_noted_and_the_rest_compiled(
        self, cache: Cache, tmp_path: Path
    ) -> None:
        program = (
            "import json, sys\n"
            f"print(json.dumps({{'magic': {MAGIC!r}, 'tag': {TAG!r}}}), flush=True)\n"
            "for line in sys.stdin:\n"
            "    requests = json.loads(line)\n"
            "    for request in requests:\n"
            "        if 'bad' in request['name']: sys.exit(11)\n"
            "        open(request['target'], 'w').close()\n"
            f"    answer = {{'error': None, 'sha256': {EMPTY!r}, 'size': 0}}\n"
            "    print(json.dumps([answer for request in requests]), flush=True)\n"
        )
        source = unpacked(cache, tmp_path, {"a.py": "", "bad.py": "", "c.py": ""})
        tree = compile_tree(source, fake_interpreter(tmp_path, program), TAG, MAGIC, 0, cache)

        assert [file.path for file in tree.files] == [f"__pycache__/a.{TAG}.pyc", f"__pycache__/c.{TAG}.pyc"]
        assert tree.attributes["skipped"] == [["purelib/bad.py", "the compiler crashed or took too long"]]

    def test_only_the_file_that_kills_the_compiler_is_lost_of_many(
        self, cache: Cache, tmp_path: Path
    ) -> None:
        deep = "x = " + "-" * 40_000 + "1"  # some compilers crash, some refuse it
        files = {f"demo{number:02}.py": "x = 1\n" for number in range(40)} | {"demo17.py": deep}
        tree = compiled(unpacked(cache, tmp_path, files), cache)

        assert [file for file, _ in tree.attributes["skipped"]] == ["purelib/demo17.py"]
        assert len(tree.files) == 39

    @pytest.mark.parametrize("answer", ["[]", "7", "[[]]", '[{"error": 1}]', '{"error": null}', "nonsense"])
    def test_an_answer_that_is_none_is_taken_for_a_crash(
        self, cache: Cache, tmp_path: Path, answer: str
    ) -> None:
        hello = f'print(\'{{"magic": "{MAGIC}", "tag": "{TAG}"}}\', flush=True)'
        program = f"import sys\n{hello}\nfor line in sys.stdin: print({answer!r}, flush=True)\n"
        source = unpacked(cache, tmp_path, {"a.py": "", "b.py": ""})
        tree = compile_tree(source, fake_interpreter(tmp_path, program), TAG, MAGIC, 0, cache)

        assert tree.files == ()
        assert [file for file, _ in tree.attributes["skipped"]] == ["purelib/a.py", "purelib/b.py"]

    def test_a_file_that_takes_too_long_is_noted(self, cache: Cache, tmp_path: Path) -> None:
        deep = "x = " + " + ".join(["1"] * 400_000)
        source = unpacked(cache, tmp_path, {"slow.py": deep})

        with BytecodeCompiler(sys.executable, TAG, MAGIC, file_limit=0.001) as compiler:
            tree = compiler.compile_tree(source, cache)

        assert tree.files == ()
        assert len(tree.attributes["skipped"]) == 1

    def test_a_child_that_never_answers_is_killed_with_its_tree(self, cache: Cache, tmp_path: Path) -> None:
        program = (
            'import sys, time\nprint(\'{"magic": "%s", "tag": "%s"}\' % '
            f"({MAGIC!r}, {TAG!r}), flush=True)\n"
        )
        silent = fake_interpreter(tmp_path, program + "for line in sys.stdin: time.sleep(1000)\n")
        source = unpacked(cache, tmp_path, GOOD)

        with (
            BytecodeCompiler(silent, TAG, MAGIC, tree_limit=0.5) as compiler,
            pytest.raises(BytecodeFailed, match="stopped"),
        ):
            compiler.compile_tree(source, cache)

        assert cache.tree(source.digest, variant_of(TAG, MAGIC, 0)) is None

    def test_another_interpreter_than_promised_is_refused(self, cache: Cache, tmp_path: Path) -> None:
        source = unpacked(cache, tmp_path, GOOD)

        with pytest.raises(BytecodeFailed, match="does not compile as it said"):
            compile_tree(source, sys.executable, TAG, "00000000", 0, cache)

    def test_an_interpreter_that_is_gone_is_named(self, cache: Cache, tmp_path: Path) -> None:
        with pytest.raises(BytecodeFailed, match="/nowhere/python"):
            compile_tree(unpacked(cache, tmp_path, GOOD), "/nowhere/python", TAG, MAGIC, 0, cache)

    def test_a_closed_compiler_refuses(self, cache: Cache, tmp_path: Path) -> None:
        compiler = BytecodeCompiler(sys.executable, TAG, MAGIC)
        compiler.close()

        with pytest.raises(BytecodeFailed):
            compiler.compile_tree(unpacked(cache, tmp_path, GOOD), cache)


@pytest.mark.parametrize("minor", range(8, 15))
def test_every_python_that_is_installed_can_compile(cache: Cache, tmp_path: Path, minor: int) -> None:
    beside = sorted(Path(sys.base_prefix).parent.glob(f"3.{minor}.*/bin/python"))
    executable = str(beside[-1]) if beside else shutil.which(f"python3.{minor}")
    asked = "import sys, importlib.util as u; print(sys.implementation.cache_tag, u.MAGIC_NUMBER.hex())"
    answer = executable and subprocess.run(
        [executable, "-c", asked], capture_output=True, text=True, check=False
    )

    if not executable or not answer or answer.returncode:
        pytest.skip(f"there is no python3.{minor}")

    tag, magic = answer.stdout.split()
    tree = compile_tree(unpacked(cache, tmp_path, GOOD), executable, tag, magic, 0, cache)

    assert {file.path for file in tree.files} == {
        f"demo/__pycache__/__init__.{tag}.pyc",
        f"demo/__pycache__/core.{tag}.pyc",
    }
