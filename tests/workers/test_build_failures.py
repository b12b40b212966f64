"""Builds that fail, misbehave or lie: B01 to B12 of the table of bad input."""

from __future__ import annotations

import os
from pathlib import Path

import anyio
import pytest

from tests.support.projects import write_project
from tests.workers.build_support import WHEEL, Workshop, contained, linux, posix
from zephyr_workers.build import Builder
from zephyr_workers.build_errors import (
    BuildBackendMissing,
    BuildCycle,
    BuildError,
    BuildFailed,
    BuildTimedOut,
    BuildTooLarge,
    InvalidBuildRequirements,
    InvalidBuildResult,
    InvalidBuildSystem,
)
from zephyr_workers.build_settings import BuildSettings

pytestmark = [pytest.mark.anyio, posix]


async def test_an_exception_is_shown_with_the_log(workshop: Workshop, tmp_path: Path) -> None:
    source = write_project(tmp_path / "demo", "def build_wheel(*_): raise RuntimeError('no luck today')")

    with pytest.raises(BuildFailed) as caught:
        await workshop.wheel(source)

    assert (
        caught.value.message == "The build of demo-1.0.tar.gz failed: build_wheel ended with exit status 1."
    )
    assert caught.value.details[-1] == "RuntimeError: no luck today"
    assert str(tmp_path / "logs") in (caught.value.hint or "")
    assert "no luck today" in workshop.logs()[0]
    assert os.listdir(tmp_path / "wheels") == workshop.left() == []


async def test_a_signal_is_named(workshop: Workshop, tmp_path: Path) -> None:
    source = write_project(tmp_path / "demo", "def build_wheel(*_): os.kill(os.getpid(), 11)")

    with pytest.raises(BuildFailed, match="build_wheel was ended by SIGSEGV"):
        await workshop.wheel(source)


async def test_a_killer_from_outside_is_guessed_at(workshop: Workshop, tmp_path: Path) -> None:
    source = write_project(tmp_path / "demo", "def build_wheel(*_): os.kill(os.getpid(), 9)")

    with pytest.raises(BuildFailed, match=r"was ended by SIGKILL \(the system may have run out of memory\)"):
        await workshop.wheel(source)


async def test_a_backend_that_leaves_without_a_word_failed(workshop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="build_wheel gave no result"):
        await workshop.wheel(write_project(tmp_path / "demo", "def build_wheel(*_): os._exit(0)"))


async def test_the_last_forty_lines_are_shown(workshop: Workshop, tmp_path: Path) -> None:
    backend = "def build_wheel(*_): print('\\n'.join(map(str, range(99))), flush=True); os._exit(3)"

    with pytest.raises(BuildFailed) as caught:
        await workshop.wheel(write_project(tmp_path / "demo", backend))

    assert caught.value.details == tuple(str(number) for number in range(59, 99))


async def test_a_build_that_hangs_is_stopped(workshop: Workshop, tmp_path: Path) -> None:
    workshop.change(idle=0.3)
    source = write_project(
        tmp_path / "demo",
        """
        import signal, threading
        def build_wheel(*_):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            threading.Event().wait()
        """,
    )

    with pytest.raises(BuildTimedOut, match=r"demo-1.0.tar.gz wrote nothing for 0.3 seconds"):
        await workshop.wheel(source)

    assert workshop.left() == []


async def test_a_build_that_talks_for_ever_is_stopped(workshop: Workshop, tmp_path: Path) -> None:
    workshop.change(total=0.5)
    source = write_project(
        tmp_path / "demo",
        """
        def build_wheel(*_):
            while True:
                print("still here", flush=True)
        """,
    )

    with pytest.raises(BuildTimedOut, match=r"took more than 0.5 seconds"):
        await workshop.wheel(source)

    assert len(workshop.logs()[0]) < 17 << 20


@linux
async def test_what_outlives_a_build_is_killed(workshop: Workshop, tmp_path: Path) -> None:
    source = write_project(
        tmp_path / "demo",
        """
        def build_wheel(folder, *_):
            code = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
            child = subprocess.Popen(
                [sys.executable, "-c", code], start_new_session=True, stdout=subprocess.PIPE
            )
            print("left alone:", child.stdout.readline().decode())
            os._exit(4)
        """,
    )

    with pytest.raises(BuildFailed) as caught:
        await workshop.wheel(source)

    process = next(line for line in caught.value.details if "left alone" in line).split()[-1]

    with pytest.raises(ProcessLookupError):
        os.kill(int(process), 0)


async def test_a_build_that_is_cancelled_ends(workshop: Workshop, tmp_path: Path) -> None:
    mark = tmp_path / "work" / "began"
    workshop.change(sandbox=False)
    source = write_project(
        tmp_path / "demo",
        f"""
        import threading
        def build_wheel(*_):
            open({str(mark)!r}, "w").write(str(os.getpid()))
            threading.Event().wait()
        """,
    )
    os.mkfifo(mark)
    process = 0

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(workshop.wheel, source)
        process = int(await anyio.Path(mark).read_text())
        tasks.cancel_scope.cancel()

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)

    mark.unlink()
    assert workshop.left() == workshop.logs() == []


async def test_a_folder_that_is_filled_ends_the_build(workshop: Workshop, tmp_path: Path) -> None:
    workshop.change(folder_size=4 << 20)
    source = write_project(
        tmp_path / "demo",
        """
        import threading
        def build_wheel(*_):
            for number in range(8):
                pathlib.Path(str(number)).write_bytes(bytes(range(256)) * 4096)
            threading.Event().wait()
        """,
    )

    with pytest.raises(BuildTooLarge, match="wrote more than 4 MiB"):
        await workshop.wheel(source)

    assert workshop.left() == []


async def test_a_file_without_end_ends_the_build(workshop: Workshop, tmp_path: Path) -> None:
    workshop.change(file_size=1 << 20)
    source = write_project(
        tmp_path / "demo",
        """
        def build_wheel(*_):
            with open("large", "wb") as file:
                while True:
                    file.write(bytes(1 << 16))
        """,
    )

    with pytest.raises(BuildFailed) as caught:
        await workshop.wheel(source)

    assert "File too large" in caught.value.details[-1]


@contained
@pytest.mark.parametrize("place", ["home", "environment", "source"])
async def test_a_build_writes_to_its_own_folders_only(
    workshop: Workshop, tmp_path: Path, clean_environment: Path, place: str
) -> None:
    folders = {
        "home": clean_environment,
        "environment": Path(workshop.environments.folder),
        "source": tmp_path / "demo",
    }
    target = folders[place] / "written"
    source = write_project(tmp_path / "demo", f"def build_wheel(*_): open({str(target)!r}, 'w').close()")

    with pytest.raises(BuildFailed) as caught:
        await workshop.wheel(source)

    assert "PermissionError" in caught.value.details[-1]
    assert "containment: landlock" in workshop.logs()[0]
    assert not target.exists()


async def test_without_the_sandbox_a_build_may_write(workshop: Workshop, tmp_path: Path) -> None:
    workshop.change(sandbox=False)
    source = write_project(tmp_path / "demo", f"open({str(tmp_path / 'written')!r}, 'w').write('x')")

    assert await workshop.wheel(source) == WHEEL
    assert (tmp_path / "written").exists()


async def test_a_secret_is_in_no_message_or_log(workshop: Workshop, tmp_path: Path) -> None:
    workshop.change(variables={"MY_TOKEN": "s3cr3t-value"}, secrets=("other-secret",))
    source = write_project(
        tmp_path / "demo",
        """
        print("a s3cr3t-value and", "other-secret", "https://me:pass@host.example/x")
        raise SystemExit(7)
        """,
    )

    with pytest.raises(BuildFailed) as caught:
        await workshop.wheel(source)

    assert caught.value.details == ("a *** and *** https://***@host.example/x",)
    assert "s3cr3t" not in workshop.logs()[0]


@pytest.mark.parametrize(
    "backend",
    [
        "def build_wheel(*_): return '../s3cr3t-value.whl'",
        "def get_requires_for_build_wheel(*_): return ['s3cr3t-value!']",
        "raise ImportError('s3cr3t-value')",
    ],
)
async def test_a_secret_in_an_answer_is_not_shown(workshop: Workshop, tmp_path: Path, backend: str) -> None:
    workshop.change(variables={"MY_TOKEN": "s3cr3t-value"})
    source = write_project(tmp_path / "demo", backend)

    with pytest.raises(BuildError) as caught:
        await workshop.wheel(source)

    assert "***" in "\n".join((str(caught.value), *caught.value.details))
    assert "s3cr3t" not in "\n".join((str(caught.value), *caught.value.details, *workshop.logs()))


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ("'../x.whl'", "returned '../x.whl', which is not the name of a wheel"),
        ("'/tmp/x.whl'", "which is not the name of a wheel"),
        ("'demo.tar.gz'", "which is not the name of a wheel"),
        ("'gone-1.0-py3-none-any.whl'", "which is not there"),
        ("None", "something that is no file name"),
        ("['a']", "something that is no file name"),
    ],
)
async def test_a_wheel_that_is_none_is_refused(
    workshop: Workshop, tmp_path: Path, result: str, reason: str
) -> None:
    with pytest.raises(InvalidBuildResult, match=reason):
        await workshop.wheel(write_project(tmp_path / "demo", f"def build_wheel(*_): return {result}"))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("other-1.0-py3-none-any.whl", "is of other, not of demo"),
        ("demo-1.1-py3-none-any.whl", "is of version 1.1, not 1.0"),
        ("demo-1.0-cp27-cp27m-win32.whl", "is for cp27-cp27m-win32, which is not"),
        ("demo.whl", "which is no name of a wheel"),
    ],
)
async def test_a_wheel_of_something_else_is_refused(
    workshop: Workshop, tmp_path: Path, name: str, reason: str
) -> None:
    backend = f"def build_wheel(folder, *_): pathlib.Path(folder, {name!r}).touch(); return {name!r}"

    with pytest.raises(InvalidBuildResult, match=reason):
        await workshop.wheel(write_project(tmp_path / "demo", backend))


async def test_a_second_wheel_is_refused(workshop: Workshop, tmp_path: Path) -> None:
    backend = """
    def build_wheel(folder, *_):
        pathlib.Path(folder, "demo-2.0-py3-none-any.whl").touch()
        return _wheel(folder)
    """

    with pytest.raises(InvalidBuildResult, match=r"and made 'demo-2\.0-py3-none-any\.whl' as well"):
        await workshop.wheel(write_project(tmp_path / "demo", backend))


@pytest.mark.parametrize(
    ("pyproject", "reason"),
    [
        ('[build-system]\nrequires = []\nbackend-path = ["../out"]', "does not exist"),
        ('[build-system]\nrequires = []\nbackend-path = [".."]', "inside source tree"),
        ('[build-system]\nrequires = []\nbackend-path = ["/"]', "relative"),
        ("[build-system]\nrequires = 3", "array of strings"),
        ("[build-system]\nbuild-backend = 'x'", "required property"),
        ("[build-system", "Failed to parse"),
    ],
)
async def test_a_broken_build_system_is_refused_before_anything_runs(
    workshop: Workshop, tmp_path: Path, pyproject: str, reason: str
) -> None:
    with pytest.raises(InvalidBuildSystem, match=reason):
        await workshop.wheel(write_project(tmp_path / "demo", "os.abort()", pyproject=pyproject))

    assert workshop.environments.asked == []


async def test_a_folder_without_a_project_is_refused(workshop: Workshop, tmp_path: Path) -> None:
    source = write_project(tmp_path / "demo")
    (tmp_path / "demo" / "pyproject.toml").unlink()

    with pytest.raises(InvalidBuildSystem, match=r"no pyproject\.toml or setup\.py"):
        await workshop.wheel(source)


async def test_a_backend_that_is_not_there_is_told(workshop: Workshop, tmp_path: Path) -> None:
    pyproject = '[build-system]\nrequires = []\nbuild-backend = "absent.api"\n'

    with pytest.raises(
        BuildBackendMissing, match=r"of demo-1\.0\.tar\.gz, absent\.api, cannot be imported"
    ) as caught:
        await workshop.wheel(write_project(tmp_path / "demo", pyproject=pyproject))

    assert "No module named 'absent'" in caught.value.details[-1]


@pytest.mark.parametrize("result", ["'abc'", "[1]", "['not a requirement!']", "{'a>': 1}"])
async def test_requirements_that_are_none_are_refused(
    workshop: Workshop, tmp_path: Path, result: str
) -> None:
    backend = f"def get_requires_for_build_wheel(*_): return {result}"

    with pytest.raises(InvalidBuildRequirements, match="get_requires_for_build_wheel of demo"):
        await workshop.wheel(write_project(tmp_path / "demo", backend))

    assert workshop.environments.asked == [()]


@pytest.mark.parametrize("result", ["3", "None"])
async def test_requirements_of_a_wrong_type_are_refused(
    workshop: Workshop, tmp_path: Path, result: str
) -> None:
    backend = f"def get_requires_for_build_wheel(*_): return {result}"

    with pytest.raises(InvalidBuildResult, match="something of a wrong type"):
        await workshop.wheel(write_project(tmp_path / "demo", backend))


@pytest.mark.parametrize("result", ["'../x'", "None", "'demo-1.0.dist-info'", "'.'"])
async def test_metadata_that_is_none_is_refused(workshop: Workshop, tmp_path: Path, result: str) -> None:
    backend = f"def prepare_metadata_for_build_wheel(*_): return {result}"

    with pytest.raises(InvalidBuildResult):
        await workshop.metadata(write_project(tmp_path / "demo", backend))


async def test_a_build_that_needs_itself_is_refused_with_the_chain(
    workshop: Workshop, tmp_path: Path
) -> None:
    source = write_project(tmp_path / "demo")

    class Nested:
        async def prepare(self, requirements: tuple[str, ...]) -> str:
            return await builder.wheel(source, BuildSettings(), str(tmp_path))

        async def require(self, requirements: tuple[str, ...]) -> None:
            raise AssertionError("builds are isolated")

    builder = Builder(workshop.interpreter, Nested(), workshop.options, str(tmp_path / "logs"))

    with pytest.raises(BuildCycle, match=r"demo-1.0.tar.gz needs demo-1.0.tar.gz"):
        await builder.wheel(source, BuildSettings(), str(tmp_path))


async def test_folders_without_rights_are_removed(workshop: Workshop, tmp_path: Path) -> None:
    backend = """
    def build_wheel(folder, *_):
        os.makedirs("locked/inner/deep")
        os.chmod("locked/inner", 0)
        os.chmod("locked", 0)
        return _wheel(folder)
    """

    assert await workshop.wheel(write_project(tmp_path / "demo", backend)) == WHEEL
    assert workshop.left() == []


async def test_two_builds_of_one_source_do_not_meet(workshop: Workshop, tmp_path: Path) -> None:
    backend = """
    def build_wheel(folder, *_):
        os.mkdir("build")
        return _wheel(folder)
    """
    source = write_project(tmp_path / "demo", backend)

    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(workshop.wheel, source)

    assert os.listdir(tmp_path / "wheels") == [WHEEL]


async def test_editable_builds_of_one_folder_wait_for_each_other(workshop: Workshop, tmp_path: Path) -> None:
    backend = """
    def build_editable(folder, *_):
        os.mkdir("build")
        os.rmdir("build")
        return _wheel(folder)
    """
    source = write_project(tmp_path / "demo", backend)
    builder = workshop.builder()

    async with anyio.create_task_group() as tasks:
        for number in range(3):
            destination = str(tmp_path / "wheels" / str(number))
            tasks.start_soon(builder.editable, source, BuildSettings(), destination)

    assert len(os.listdir(tmp_path / "wheels")) == 3
