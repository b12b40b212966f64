"""Whole resolves of small fake worlds through the real solver."""

from __future__ import annotations

import pytest

from tests.support.fake_port import FakePort, pins
from zephyr.errors import ZephyrError
from zephyr.metadata.demands import ConflictingReferences
from zephyr.metadata.explain import ResolutionError
from zephyr.metadata.hash_checking import HashesIncomplete
from zephyr.metadata.request import PreReleases, ResolutionMode
from zephyr.metadata.requirements import InvalidRootRequirement
from zephyr.model.artifact import ProjectStatus
from zephyr.solver.errors import GaveUp

pytestmark = pytest.mark.anyio


async def test_the_newest_version_and_what_it_depends_on_are_chosen() -> None:
    port = FakePort()
    port.serve("a", "1.0")
    port.serve("a", "1.1", ["b>=2,<3", "c; sys_platform == 'win32'"])
    port.serve("b", "2.5")
    port.serve("b", "3.0")

    resolution = await port.resolve("a")

    assert pins(resolution) == {"a": "1.1", "b": "2.5"}
    assert [(pin.requested, pin.dependencies) for pin in resolution.pins] == [(True, ("b",)), (False, ())]
    assert resolution.pins[0].index == "https://index.example/simple/"
    assert b"Requires-Dist: b>=2,<3" in (resolution.pins[0].metadata or b"")


async def test_a_conflict_is_solved_by_an_older_version() -> None:
    port = FakePort()
    port.serve("a", "2.0", ["c>=2"])
    port.serve("a", "1.0", ["c>=1"])
    port.serve("b", "1.0", ["c<2"])
    port.serve("c", "1.0")
    port.serve("c", "2.0")

    assert pins(await port.resolve("a", "b")) == {"a": "1.0", "b": "1.0", "c": "1.0"}


async def test_nothing_is_asked_of_what_no_marker_wants() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["b ; python_version < '3'"], extras={"x": ["c"]})

    await port.resolve("a", "d ; os_name == 'nt'")

    assert (port.listings, port.documents) == (["a"], ["a-1.0-py3-none-any.whl"])


async def test_every_fact_is_asked_for_once() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["c", "b"])
    port.serve("b", "1.0", ["c", "a"])
    port.serve("c", "1.0", ["a", "b"])

    resolution = await port.resolve("a", "b")

    assert (sorted(port.listings), len(port.documents)) == (["a", "b", "c"], 3)
    assert resolution.pins[0].dependencies == ("b", "c")


async def test_an_extra_adds_its_requirements_at_the_same_version() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["b"], extras={"Big_One": ["c>1"]})
    port.serve("a", "2.0", ["b"])
    port.serve("b", "1.0")
    port.serve("c", "1.5")

    resolution = await port.resolve("A[big.one]<2")

    assert pins(resolution) == {"a": "1.0", "b": "1.0", "c": "1.5"}
    assert resolution.pins[0].extras == {"big-one"}
    assert resolution.pins[0].dependencies == ("b", "c")


async def test_extras_that_name_extras_of_their_own_project_are_followed() -> None:
    port = FakePort()
    port.serve("a", "1.0", extras={"all": ["a[x,y]"], "x": ["b"], "y": ["c"], "z": ["d"]})
    port.serve("b", "1.0")
    port.serve("c", "1.0")

    resolution = await port.resolve("a[all]")

    assert pins(resolution) == {"a": "1.0", "b": "1.0", "c": "1.0"}
    assert resolution.pins[0].extras == {"all", "x", "y"}
    assert resolution.pins[0].dependencies == ("b", "c")


async def test_a_marker_that_mixes_extras_holds_for_each_of_them() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["b ; extra == 'x' or extra == 'y'", "c ; extra != 'x'"])
    port.serve("b", "1.0")
    port.serve("c", "1.0")

    assert pins(await port.resolve("a[y]")) == {"a": "1.0", "b": "1.0", "c": "1.0"}
    assert pins(await port.resolve("a")) == {"a": "1.0", "c": "1.0"}


async def test_an_unknown_extra_is_a_warning() -> None:
    port = FakePort()
    port.serve("a", "1.0")

    resolution = await port.resolve("a[nope]")

    assert pins(resolution) == {"a": "1.0"}
    assert resolution.warnings == ("a 1.0 has no extra named nope",)


async def test_an_extra_never_changes_the_version_of_its_base() -> None:
    port = FakePort()
    port.serve("a", "2.0", extras={"x": ["missing"]})
    port.serve("a", "1.0", extras={"x": []})
    port.serve("b", "1.0", ["a>=2"])

    with pytest.raises(ResolutionError):
        await port.resolve("a[x]", "b")

    assert pins(await port.resolve("a[x]")) == {"a": "1.0"}


async def test_constraints_narrow_what_is_chosen_and_choose_nothing() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["b"])
    port.serve("b", "1.0")
    port.serve("b", "2.0")
    port.serve("c", "1.0")

    resolution = await port.resolve("a", constraints=["b<2", "c==1.0", "a ; os_name == 'nt'"])

    assert pins(resolution) == {"a": "1.0", "b": "1.0"}
    assert "c" not in port.listings


async def test_preferred_versions_are_kept_unless_something_speaks_against_them() -> None:
    port = FakePort()

    for version in ("1.0", "1.1", "1.2"):
        port.serve("a", version, ["b"])
        port.serve("b", version)

    preferred = {"a": "1.0", "b": "1.0"}

    assert pins(await port.resolve("a", preferred=preferred)) == {"a": "1.0", "b": "1.0"}
    assert pins(await port.resolve("a", "b>1.0", preferred=preferred)) == {"a": "1.0", "b": "1.2"}


async def test_the_lowest_versions_can_be_asked_for() -> None:
    port = FakePort()

    for version in ("1.0", "2.0", "3.0"):
        port.serve("a", version, ["b>=2"])
        port.serve("b", version)

    assert pins(await port.resolve("a", mode=ResolutionMode.LOWEST)) == {"a": "1.0", "b": "2.0"}
    assert pins(await port.resolve("a>1", mode=ResolutionMode.LOWEST_DIRECT)) == {"a": "2.0", "b": "3.0"}


async def test_pre_releases_are_used_where_conflicts_left_no_stable_version() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["b>1.0"])
    port.serve("b", "1.0")
    port.serve("b", "2.0rc1")
    port.serve("b", "2.0rc2")

    assert pins(await port.resolve("b")) == {"b": "1.0"}
    assert pins(await port.resolve("b", pre_releases=PreReleases.ALLOW)) == {"b": "2.0rc2"}
    assert pins(await port.resolve("a", "b")) == {"a": "1.0", "b": "2.0rc2"}

    with pytest.raises(ResolutionError):
        await port.resolve("a", "b", pre_releases=PreReleases.DISALLOW)


async def test_a_yanked_version_is_chosen_only_where_the_user_pins_it() -> None:
    port = FakePort()
    port.serve("a", "1.0")
    port.serve("a", "1.1", yanked="bro\x1b[31mken <b>build</b>\nsee notes")
    port.serve("b", "1.0", ["a==1.1"])

    assert pins(await port.resolve("a")) == {"a": "1.0"}
    assert pins(await port.resolve("b", constraints=["a==1.1"])) == {"a": "1.1", "b": "1.0"}
    assert (await port.resolve("a==1.1")).warnings == (
        "a 1.1 was yanked: bro [31mken <b>build</b> see notes",
    )

    with pytest.raises(ResolutionError):
        await port.resolve("b")


async def test_the_status_of_a_project_is_told() -> None:
    port = FakePort()
    port.serve("a", "1.0")
    port.describe("a", status=ProjectStatus.ARCHIVED, status_reason="use b")

    assert (await port.resolve("a")).warnings == ("a is archived on the index: use b",)


async def test_invalid_metadata_makes_one_version_unusable() -> None:
    port = FakePort()
    port.serve("a", "1.0")
    port.serve("a", "1.1", ["b ~= 1"])
    port.serve("a", "1.2", ["b ; nonsense == 1"])
    port.serve("a", "1.3", metadata="Name: other\nVersion: 1.3\n")
    port.serve("a", "1.4", metadata=ZephyrError("not a zip file", id="metadata-unreadable"))
    port.serve("a", "1.5", ["c @ https://files.example/c-1.0-py3-none-any.whl"])
    port.serve("a", "1.6", metadata="Name: a\nVersion: 1.6\nRequires-Python: >=3.12\n")

    assert pins(await port.resolve("a")) == {"a": "1.0"}

    with pytest.raises(ResolutionError) as failure:
        await port.resolve("a>1")

    told = "\n".join(failure.value.details)
    for reason in (
        "b ~= 1",
        "nonsense",
        "metadata of other",
        "not a zip file",
        "requires c by URL",
        ">=3.12",
    ):
        assert reason in told


async def test_a_wheel_given_by_url_is_the_only_version_of_its_name() -> None:
    port = FakePort()
    port.serve("a", "2.0")
    port.hold("a-1.0+local-py3-none-any.whl", "Name: a\nVersion: 1.0+local\nRequires-Dist: b\n")
    port.serve("b", "1.0", ["a @ https://files.example/a-1.0+local-py3-none-any.whl#sha256=aa"])

    resolution = await port.resolve("a @ https://files.example/a-1.0+local-py3-none-any.whl", "a>=1")

    assert pins(resolution) == {"a": "1.0+local", "b": "1.0"}
    assert [(pin.direct, pin.index is None) for pin in resolution.pins] == [(True, True), (False, False)]
    assert port.listings == ["b"]


async def test_a_url_in_a_constraint_chooses_the_file_and_nothing_more() -> None:
    port = FakePort()
    port.hold("a-1.0-py3-none-any.whl", "Name: a\nVersion: 1.0\n")
    port.serve("b", "1.0", ["a"])

    constraints = ["a @ https://files.example/a-1.0-py3-none-any.whl"]
    resolution = await port.resolve("b", constraints=constraints)

    assert (pins(resolution), port.listings) == ({"a": "1.0", "b": "1.0"}, ["b"])
    assert [pin.requested for pin in resolution.pins] == [False, True]


async def test_two_urls_of_one_project_contradict_each_other() -> None:
    wheels = [f"https://{host}.example/a-1.0-py3-none-any.whl" for host in ("one", "two")]

    with pytest.raises(ConflictingReferences, match="a is asked for by two different URLs"):
        await FakePort().resolve(*wheels)


async def test_without_dependencies_only_what_is_named_is_chosen() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["missing"], extras={"x": ["missing"]})

    assert pins(await port.resolve("a[x]", no_dependencies=True)) == {"a": "1.0"}


async def test_with_required_hashes_everything_must_be_pinned_and_have_one() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["b"], hashes={"sha256": "aa"})
    port.serve("b", "1.0", hashes={"sha256": "bb"})

    with pytest.raises(HashesIncomplete, match=r"a==1\.0 .*cannot be checked"):
        await port.resolve("a==1.0", require_hashes=True)

    with pytest.raises(ResolutionError, match="No versions") as failure:
        await port.resolve("a==1.0", hashes={"a": ["sha256:aa"]}, require_hashes=True)

    assert "no hash is given for it" in "\n".join(failure.value.details)

    both = {"a": ["sha256:aa"], "b": ["sha256:bb"]}
    assert pins(await port.resolve("a==1.0", "b==1.0", hashes=both, require_hashes=True)) == {
        "a": "1.0",
        "b": "1.0",
    }


async def test_metadata_that_cannot_be_fetched_stops_the_resolve() -> None:
    port = FakePort()
    port.serve("a", "1.0")
    port.serve("a", "1.1", metadata=ZephyrError("the index is down", id="index-unreachable"))

    with pytest.raises(ZephyrError, match="the index is down"):
        await port.resolve("a")


async def test_a_marker_without_meaning_is_the_mistake_of_who_wrote_it() -> None:
    with pytest.raises(InvalidRootRequirement, match="command line"):
        await FakePort().resolve("a ; python_version ~= 'three'")


async def test_the_budget_of_steps_is_an_answer_of_its_own() -> None:
    port = FakePort()

    for version in range(20):
        port.serve("a", f"1.{version}", [f"b==1.{version}"])
        port.serve("b", f"1.{version}", [f"c=={version}"])
        port.serve("c", f"1.{version}")

    with pytest.raises(GaveUp):
        await port.resolve("a", steps=5)


async def test_decisions_are_told_as_they_are_made() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["b"])
    port.serve("b", "1.0", ["c"])
    port.serve("c", "1.0")
    told: list[str] = []

    await port.resolve("a", on_decided=lambda name, version, artifact: told.append(f"{name} {version}"))

    assert told == ["a 1.0", "b 1.0", "c 1.0"]


async def test_a_version_whose_files_are_gone_is_passed_over_with_a_warning() -> None:
    port = FakePort()
    port.serve("a", "1.0")
    port.serve("a", "2.0", metadata=ZephyrError("files.example does not have it (404)", id="file-missing"))

    resolution = await port.resolve("a")

    assert pins(resolution) == {"a": "1.0"}
    assert resolution.passed_over == resolution.warnings
    assert resolution.warnings == (
        "a 2.0 was passed over, its metadata cannot be read: files.example does not have it (404)",
    )

    with pytest.raises(ResolutionError) as caught:
        await port.resolve("a==2.0")

    assert "a==2.0 cannot be used (its metadata cannot be read" in "\n".join(caught.value.details)
