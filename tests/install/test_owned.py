from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from tests.support.installed_world import InstalledWorld
from zephyr.install.errors import RemovalError
from zephyr.install.owned import owned_files, recorded_files

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr.install.owned import Owned


ENTRY_POINTS = "[console_scripts]\ndemo = demo:main\n"


@pytest.fixture
def world(tmp_path: Path) -> InstalledWorld:
    return InstalledWorld(tmp_path)


def put_distribution(world: InstalledWorld, files: dict[str, str], extra_rows: str = "") -> None:
    """Write what another installer would: the files, METADATA, INSTALLER and RECORD."""
    rows: list[str] = []
    metadata = {
        "demo-1.0.dist-info/METADATA": "Name: demo\nVersion: 1.0\n",
        "demo-1.0.dist-info/INSTALLER": "pip\n",
    }

    for path, text in {**files, **metadata}.items():
        world.put_in_site(path, text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(text)}")

    world.put_in_site("demo-1.0.dist-info/RECORD", "\n".join([*rows, extra_rows]))


def owned(world: InstalledWorld, name: str = "demo") -> Owned:
    (found,) = [each for each in world.installed() if each.name == name]

    return owned_files(found, world.destination)


def test_what_another_installer_installed_is_removed(world: InstalledWorld) -> None:
    before = world.snapshot()
    put_distribution(world, {"demo/a.py": "a", "demo/in/b.py": "b", "../../../bin/demo": "#!/x\n"})

    world.uninstall("demo")

    assert world.snapshot() == before


def test_rows_that_lead_out_of_the_environment_are_left_alone_and_reported(world: InstalledWorld) -> None:
    outside = world.folder / "outside.txt"
    outside.write_text("keep")
    put_distribution(world, {"demo.py": ""}, f"../../../../outside.txt,,\n{outside}.too,,\n")

    plan = world.uninstall("demo")

    assert outside.read_text() == "keep"
    assert len(plan.warnings) == 2
    assert "outside.txt" in plan.warnings[0]


def test_a_link_out_of_the_environment_is_not_followed(world: InstalledWorld) -> None:
    elsewhere = world.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.py").write_text("keep")
    put_distribution(world, {"demo.py": ""}, "linked/a.py,,\n")
    os.symlink(elsewhere, f"{world.site}/linked")

    plan = world.uninstall("demo")

    assert (elsewhere / "a.py").read_text() == "keep"
    assert len(plan.warnings) == 1


def test_everything_in_the_metadata_folder_goes_listed_or_not(world: InstalledWorld) -> None:
    put_distribution(world, {"demo.py": ""})
    world.put_in_site("demo-1.0.dist-info/uv_cache.json", "{}")

    world.uninstall("demo")

    assert not world.has("demo-1.0.dist-info")


def test_edited_files_are_told_apart_by_size_or_by_hash(world: InstalledWorld) -> None:
    put_distribution(world, {"same.py": "abc", "longer.py": "abc", "other.py": "abc"})
    world.put_in_site("longer.py", "abcd")
    world.put_in_site("other.py", "abd")

    assert owned(world).edited == {f"{world.site}/longer.py", f"{world.site}/other.py"}


def test_a_file_that_cannot_be_compared_is_not_taken_for_edited(world: InstalledWorld) -> None:
    put_distribution(world, {"demo.py": ""}, "a.py,md5=zzz,\nmissing.py,sha256=aaaa,3\nb.py,,\n")
    world.put_in_site("a.py", "a")
    world.put_in_site("b.py", "b")

    assert owned(world).edited == set()


def test_a_distribution_without_a_record_cannot_be_removed(world: InstalledWorld) -> None:
    world.put_in_site("demo-1.0.dist-info/METADATA", "Name: demo\nVersion: 1.0\n")

    with pytest.raises(RemovalError) as caught:
        world.uninstall("demo")

    assert caught.value.id == "no-record"


def test_a_distribution_without_a_record_can_be_replaced(world: InstalledWorld) -> None:
    world.put_in_site("demo-0.9.dist-info/METADATA", "Name: demo\nVersion: 0.9\n")
    world.put_in_site("demo/a.py", "of nobody")

    plan = world.install(world.wheel("demo", files={"demo/a.py": "new"}))

    assert plan.replacements == ("demo",)
    assert not world.has("demo-0.9.dist-info")
    assert world.read("demo/a.py") == "new"
    assert [path for path, _ in plan.saved] == [f"{world.site}/demo/a.py"]


def test_what_an_interrupted_upgrade_left_goes_too(world: InstalledWorld) -> None:
    put_distribution(world, {"demo/a.py": "new", "demo/b.py": "b"})
    world.put_in_site("demo-0.9.dist-info/METADATA", "Name: demo\nVersion: 0.9\n")
    world.put_in_site(
        "demo-0.9.dist-info/RECORD", "demo/a.py,,\ndemo/old.py,,\ndemo-0.9.dist-info/RECORD,,\n"
    )
    world.put_in_site("demo/old.py", "old")

    world.uninstall("demo")

    assert os.listdir(world.site) == []


def test_a_distribution_elsewhere_is_left_alone(world: InstalledWorld) -> None:
    put_distribution(world, {"demo.py": ""})
    (found,) = world.installed()

    with pytest.raises(RemovalError) as caught:
        owned_files(found, world.destination_at(str(world.folder / "another")))

    assert caught.value.id == "outside-environment"


def test_a_distutils_install_is_refused(world: InstalledWorld) -> None:
    world.put_in_site("demo-1.0.egg-info", "Metadata-Version: 1.0\nName: demo\nVersion: 1.0\n")

    with pytest.raises(RemovalError) as caught:
        world.uninstall("demo")

    assert caught.value.id == "distutils-installed"


def test_a_setuptools_install_goes_by_its_list_of_files(world: InstalledWorld) -> None:
    before = world.snapshot()
    world.put_in_site("demo/a.py", "")
    world.put_in_site("demo-1.0.egg-info/PKG-INFO", "Name: demo\nVersion: 1.0\n")
    world.put_in_site("demo-1.0.egg-info/installed-files.txt", "../demo/a.py\nPKG-INFO\n")

    world.uninstall("demo")

    assert world.snapshot() == before


def test_a_development_link_goes_with_its_line_and_the_project_stays(world: InstalledWorld) -> None:
    project = world.folder / "project"
    (project / "demo.egg-info").mkdir(parents=True)
    (project / "demo.egg-info" / "PKG-INFO").write_text("Name: demo\nVersion: 1.0\n")
    world.put_in_site("demo.egg-link", f"{project}\n.")
    world.put_in_site("easy-install.pth", f"/other\n{project}\n")

    world.uninstall("demo")

    assert not world.has("demo.egg-link")
    assert world.read("easy-install.pth") == "/other\n"
    assert (project / "demo.egg-info").is_dir()


def test_a_development_link_goes_with_the_scripts_of_its_project(world: InstalledWorld) -> None:
    project = world.folder / "project"
    (project / "demo.egg-info").mkdir(parents=True)
    (project / "demo.egg-info" / "PKG-INFO").write_text("Name: demo\nVersion: 1.0\n")
    (project / "demo.egg-info" / "entry_points.txt").write_text(ENTRY_POINTS)
    world.put("bin/python3", "")
    before = world.snapshot()
    world.put("bin/demo", "#!/x\n")
    world.put_in_site("demo.egg-link", f"{project}\n.")

    world.uninstall("demo")

    assert world.snapshot() == before


def test_an_egg_folder_goes_with_its_line_and_scripts(world: InstalledWorld) -> None:
    egg = "demo-1.0-py3.12.egg"
    world.put_in_site("easy-install.pth", "/other\n")
    before = world.snapshot()
    world.put_in_site("easy-install.pth", f"/other\n./{egg}\n")
    world.put_in_site(f"{egg}/demo.py", "")
    world.put_in_site(f"{egg}/EGG-INFO/PKG-INFO", "Name: demo\nVersion: 1.0\n")
    world.put_in_site(f"{egg}/EGG-INFO/entry_points.txt", "[gui_scripts]\ndemo = demo:main\n")
    world.put_in_site(f"{egg}/EGG-INFO/scripts/demo.sh", "")
    world.put("bin/demo", "#!/x\n")
    world.put("bin/demo.sh", "#!/x\n")

    world.uninstall("demo")

    assert world.snapshot() == before


def test_an_egg_that_is_one_file_goes_with_its_line(world: InstalledWorld) -> None:
    egg = "demo-1.0-py3.12.egg"
    world.put_in_site("easy-install.pth", f"./{egg}\n")
    world.put_in_site(egg, "a zip archive")

    world.uninstall("demo")

    assert not world.has(egg)
    assert not world.has("easy-install.pth") or world.read("easy-install.pth") == ""


def test_without_a_list_the_modules_of_a_setuptools_install_go(world: InstalledWorld) -> None:
    world.put_in_site("shared/other.py", "")
    before = world.snapshot()
    world.put_in_site("demo/a.py", "")
    world.put_in_site("single.py", "")
    world.put_in_site("demo-1.0.egg-info/PKG-INFO", "Name: demo\nVersion: 1.0\n")
    world.put_in_site("demo-1.0.egg-info/top_level.txt", "demo\nsingle\nshared\n../up\n")
    world.put_in_site("demo-1.0.egg-info/namespace_packages.txt", "shared\n")

    world.uninstall("demo")

    assert world.snapshot() == before


def test_signatures_and_unlisted_scripts_leave_too(world: InstalledWorld) -> None:
    before = world.snapshot()
    put_distribution(world, {"demo.py": "", "demo-1.0.dist-info/entry_points.txt": ENTRY_POINTS})
    world.put_in_site("demo-1.0.dist-info/RECORD.jws", "{}")
    world.put_in_site("demo-1.0.dist-info/RECORD.p7s", "")
    world.put("bin/demo", "#!/x\n")

    world.uninstall("demo")

    assert world.snapshot() == before


def test_no_metadata_speaks_of_the_interpreter(world: InstalledWorld) -> None:
    world.put("bin/python3", "")
    put_distribution(
        world, {"demo-1.0.dist-info/entry_points.txt": "[console_scripts]\npython3 = demo:main\n"}
    )

    world.uninstall("demo")

    assert os.path.exists(f"{world.scripts}/python3")


def test_a_record_that_does_not_mention_what_is_of_interest_is_not_read(world: InstalledWorld) -> None:
    put_distribution(world, {"demo/a.py": ""})
    (found,) = world.installed()

    assert recorded_files(found, ["other/"]).files == set()
    assert f"{world.site}/demo/a.py" in recorded_files(found, ["other/", "demo/"]).files


def test_a_file_that_another_distribution_lists_too_stays(world: InstalledWorld) -> None:
    put_distribution(world, {"shared.py": "x", "demo.py": ""})
    world.install(world.wheel("other", files={"other.py": ""}))
    record = f"{world.site}/other-1.0.dist-info/RECORD"
    with open(record, "a", encoding="utf-8") as file:
        file.write("shared.py,,\n")

    world.uninstall("demo")

    assert world.read("shared.py") == "x"
    assert not world.has("demo.py")
