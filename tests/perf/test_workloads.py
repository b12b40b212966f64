from __future__ import annotations

import tarfile
import tomllib
from pathlib import Path

from packaging.pylock import Pylock

from zephyr_perf.answers import differing, resolved_in
from zephyr_perf.sources import list_build_requirements, write_sources
from zephyr_perf.synthetic import dependencies_of, metadata_text, name_of, wheel_bytes, write_growth
from zephyr_perf.workloads import Workload, best_wheel, files_of, pins_in, pylock_text
from zephyr_perf.workspace import inputs_in, installed_in, project_text, write_inputs

LIST = """\
# made by a tool
Demo_Pack==1.0 ; python_version > '3'
other[extra]==2.0 \\
    --hash=sha256:00
loose>=1
"""


def test_pins_are_read_from_a_requirements_file() -> None:
    assert pins_in(LIST) == {"demo-pack": "1.0", "other": "2.0"}


def test_of_several_wheels_the_one_that_suits_is_taken() -> None:
    files = [
        {"filename": "demo-1.0-cp27-cp27m-win32.whl"},
        {"filename": "demo-1.0-py3-none-any.whl"},
        {"filename": "demo-2.0-py3-none-any.whl"},
        {"filename": "demo-1.0.tar.gz"},
    ]

    assert best_wheel(files, "1.0") == files[1]
    assert best_wheel(files[:1], "1.0") is None


def test_made_up_packages_all_hang_together() -> None:
    size, reached, pending = 100, {name_of(0)}, [0]

    while pending:
        for requirement in dependencies_of(pending.pop(), size):
            name = requirement.partition(">")[0]

            if name not in reached:
                reached.add(name)
                pending.append(int(name.rpartition("-")[2]))

    assert len(reached) == size


def test_a_tree_of_made_up_packages_can_be_locked(tmp_path: Path) -> None:
    requirement = write_growth(str(tmp_path / "growth-3"), 3)
    workload = Workload("growth-3", "growth-3", (requirement,), {name_of(one): "3.0" for one in range(3)})
    lock = Pylock.from_dict(
        tomllib.loads(pylock_text(workload, str(tmp_path), "https://index.example/growth-3/simple/"))
    )
    wheels = [wheel for package in lock.packages for wheel in package.wheels or ()]

    assert [package.name for package in lock.packages] == [name_of(one) for one in range(3)]
    assert all((wheel.url or "").startswith("https://index.example/growth-3/files/") for wheel in wheels)
    assert (tmp_path / "growth-3" / "files").is_dir()


def test_sources_are_listed_without_wheels(tmp_path: Path) -> None:
    pins = write_sources(str(tmp_path / "sdists"), 2)

    assert pins == ["to-build-0==1.0", "to-build-1==1.0"]
    assert [one["filename"] for one in files_of(str(tmp_path), "sdists", "to-build-0")] == [
        "to_build_0-1.0.tar.gz"
    ]


def test_sources_that_setuptools_builds_say_so(tmp_path: Path) -> None:
    write_sources(str(tmp_path / "tree"), 1, with_setuptools=True)
    (file,) = files_of(str(tmp_path), "tree", "to-build-0")

    with tarfile.open(tmp_path / "tree" / file["url"].removeprefix("../../")) as archive:
        content = archive.extractfile("to_build_0-1.0/pyproject.toml")
        assert content is not None
        document = tomllib.load(content)

    assert document["build-system"]["requires"] == ["setuptools", "wheel"]
    assert (document["project"]["name"], document["project"]["version"]) == ("to-build-0", "1.0")


def test_what_builds_need_is_listed_from_a_folder_of_wheels(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()

    for name in ("setuptools", "wheel", "packaging", "other"):
        (wheels / f"{name}-1.0-py3-none-any.whl").write_bytes(
            wheel_bytes(name, "1.0", metadata_text(name, "1.0", []))
        )

    list_build_requirements(str(tmp_path / "tree"), str(wheels))
    listed = {path.name for path in (tmp_path / "tree" / "simple").iterdir()}
    (file,) = files_of(str(tmp_path), "tree", "setuptools")
    path = tmp_path / "tree" / file["url"].removeprefix("../../")

    assert listed == {"setuptools", "wheel", "packaging"}
    assert path.read_bytes() == (wheels / file["filename"]).read_bytes()
    assert Path(f"{path}.metadata").read_text().startswith("Metadata-Version: 2.1\nName: setuptools\n")


def test_a_project_names_its_index_to_those_who_look_there() -> None:
    text = project_text(("demo", 'other; os_name == "nt"'), "https://index.example/simple/", "3.12")
    document = tomllib.loads(text)

    assert document["project"]["dependencies"] == ["demo", 'other; os_name == "nt"']
    assert document["tool"]["poetry"]["source"][0]["url"] == "https://index.example/simple/"
    assert document["tool"]["pdm"]["source"][0]["url"] == "https://index.example/simple/"


def test_the_forms_of_a_workload_are_what_commands_take(tmp_path: Path) -> None:
    write_growth(str(tmp_path / "growth-2"), 2)
    workload = Workload("growth-2", "growth-2", (name_of(0),), {name_of(one): "3.0" for one in range(2)})
    write_inputs(workload, str(tmp_path), str(tmp_path), "https://index.example/growth-2/simple/")
    inputs = inputs_in(workload, str(tmp_path))

    assert Path(inputs["requirements"]).read_text() == "made-up-0000\n"
    assert Path(inputs["locked"]).read_text() == "made-up-0000==3.0\nmade-up-0001==3.0\n"
    assert len(tomllib.loads(Path(inputs["pylock"]).read_text())["packages"]) == 2
    assert inputs["added"] == "made-up-0001"


def test_answers_differ_in_names_and_in_versions() -> None:
    assert differing({"a": "1.0", "b": "1", "c": "2"}, {"a": "1", "b": "2", "d": "1"}) == ["b", "c", "d"]


def test_what_is_installed_is_what_lies_in_the_environment_itself(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3.12" / "site-packages"

    for folder in ("Demo_Pack-1.0.dist-info", "pip-26.3.dist-info", "setuptools/_vendor/inner-2.0.dist-info"):
        (site / folder).mkdir(parents=True)

    assert installed_in(str(tmp_path)) == {"demo-pack": "1.0"}


def test_an_answer_is_a_list_or_a_report(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("demo==1.0\n")
    (tmp_path / "report").write_text('{"install": [{"metadata": {"name": "Demo", "version": "1.0"}}]}')

    assert resolved_in(str(tmp_path / "list")) == resolved_in(str(tmp_path / "report")) == {"demo": "1.0"}
