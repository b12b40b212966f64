from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.fake_port import FakePort
from tests.support.universal import asked_universally, assert_right, extra, group, markers, universal
from tests.support.wheels import core_metadata
from zephyr.errors import ZephyrError
from zephyr.metadata.explain import ResolutionError
from zephyr.metadata.universal.conflicts import UndeclaredConflict
from zephyr.metadata.universal.resolve import TooManyEnvironments, resolve_universal
from zephyr.model.universal import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.model.artifact import Listing

pytestmark = pytest.mark.anyio


class Named:
    """A port in which every named index is the same one."""

    def __init__(self, port: FakePort) -> None:
        self._port = port

    async def listing_on(self, index: str, name: NormalizedName, /) -> Listing:
        assert index == "other"

        return self._port.page(name)


@pytest.fixture
def port() -> FakePort:
    return FakePort()


class TestOneAnswer:
    async def test_what_is_needed_everywhere_has_no_marker(self, port: FakePort) -> None:
        port.serve("a", "1.0", ["b>=1"])
        port.serve("b", "1.0")
        port.serve("b", "2.0")

        resolution = await universal(port, "a")

        assert markers(resolution) == {"a 1.0": None, "b 2.0": None}
        assert resolution.environments == ()

    async def test_a_marker_follows_the_dependency(self, port: FakePort) -> None:
        port.serve("a", "1.0", ["b; sys_platform == 'win32'"])
        port.serve("b", "1.0", ["c; python_version < '3.13'"])
        port.serve("c", "1.0")

        resolution = await universal(port, "a")

        assert markers(resolution) == {
            "a 1.0": None,
            "b 1.0": "sys_platform == 'win32'",
            "c 1.0": "python_version < '3.13' and sys_platform == 'win32'",
        }
        assert_right(resolution, port, {BASE: ["a"]})

    async def test_what_two_ways_lead_to_is_there_for_both(self, port: FakePort) -> None:
        port.serve("a", "1.0", ["c; sys_platform == 'linux'"])
        port.serve("b", "1.0", ["c; sys_platform != 'linux'"])
        port.serve("c", "1.0")

        assert markers(await universal(port, "a", "b"))["c 1.0"] is None

    async def test_the_version_of_a_project_is_the_same_for_all_where_it_can_be(self, port: FakePort) -> None:
        port.serve("a", "1.0", ["b; sys_platform == 'win32'"])
        port.serve("b", "1.0", ["c<2"])
        port.serve("c", "1.0")
        port.serve("c", "1.5")

        assert set(markers(await universal(port, "a", "c<2"))) == {"a 1.0", "b 1.0", "c 1.5"}

    async def test_dependencies_name_the_pins_that_are_needed(self, port: FakePort) -> None:
        port.serve("a", "1.0", ["c", "b; sys_platform == 'win32'"])
        port.serve("b", "1.0")
        port.serve("c", "1.0")

        (pin, *_) = (await universal(port, "a")).pins

        assert pin.dependencies == (("b", Version("1.0")), ("c", Version("1.0")))


class TestWhatTellsEnvironmentsApart:
    async def test_an_older_python_gets_an_older_version(self, port: FakePort) -> None:
        port.serve("a", "1.0", requires_python=">=3.9")
        port.serve("a", "2.0", requires_python=">=3.13")

        resolution = await universal(port, "a")

        assert markers(resolution) == {
            "a 1.0": "python_version < '3.13'",
            "a 2.0": "python_version >= '3.13'",
        }

    async def test_a_bound_within_a_minor_cuts_it(self, port: FakePort) -> None:
        port.serve("a", "1.0", ["b; python_full_version < '3.12.4'"])
        port.serve("b", "1.0")

        resolution = await universal(port, "a")

        assert markers(resolution)["b 1.0"] == "python_full_version < '3.12.4'"
        assert_right(resolution, port, {BASE: ["a"]})

    async def test_a_bound_of_requires_python_above_all_known_pythons_does_not(self, port: FakePort) -> None:
        port.serve("a", "1.0", requires_python=">=3.8")
        port.serve("a", "2.0", requires_python=">=3.8,<4")
        port.serve("a", "3.0", requires_python=">=3.8,<3.19")

        assert markers(await universal(port, "a")) == {"a 3.0": None}

    async def test_a_platform_without_a_wheel_gets_another_version(self, port: FakePort) -> None:
        port.serve("a", "1.0")
        port.serve("a", "2.0", tags="py3-none-manylinux_2_28_x86_64")
        port.serve("a", "2.0", tags="py3-none-win_amd64")

        resolution = await universal(port, "a")

        assert set(markers(resolution)) == {"a 1.0", "a 2.0"}
        assert_right(resolution, port, {BASE: ["a"]})

    async def test_a_source_archive_will_do_anywhere(self, port: FakePort) -> None:
        port.serve("a", "1.0")
        port.serve("a", "2.0", tags="py3-none-manylinux_2_28_x86_64")
        port.serve_source("a", "2.0")

        (pin,) = (await universal(port, "a")).pins

        assert (pin.version, pin.marker) == (Version("2.0"), None)
        assert pin.sdist is not None

    async def test_roots_with_markers_that_exclude_each_other_differ(self, port: FakePort) -> None:
        port.serve("a", "1.0")
        port.serve("a", "2.0")
        roots = ["a>=2; sys_platform == 'linux'", "a<2; sys_platform != 'linux'"]

        resolution = await universal(port, *roots)

        assert markers(resolution) == {
            "a 1.0": "sys_platform != 'linux'",
            "a 2.0": "sys_platform == 'linux'",
        }
        assert_right(resolution, port, {BASE: roots})

    @pytest.mark.parametrize(
        "literal",
        [
            "implementation_name == 'pypy'",
            "platform_machine == 'i686'",
            "sys_platform == 'illumos'",
            "platform_python_implementation == 'PyPy'",
        ],
    )
    async def test_what_no_default_environment_has_makes_environments_of_its_own(
        self, port: FakePort, literal: str
    ) -> None:
        port.serve("a", "1.0", [f"b; {literal}"])
        port.serve("b", "1.0")

        found = markers(await universal(port, "a"))["b 1.0"]

        assert found is not None
        assert literal.split("'")[1].lower() in found.lower()


class TestActivations:
    async def test_extras_and_groups_have_their_own_words(self, port: FakePort) -> None:
        for name in ("a", "b", "c", "d"):
            port.serve(name, "1.0")

        asked = {BASE: ["a"], extra("x"): ["b", "d"], group("dev"): ["c", "d; sys_platform == 'win32'"]}
        resolution = await universal(port, "a", others={one: asked[one] for one in list(asked)[1:]})
        found = markers(resolution)

        assert found["a 1.0"] is None
        assert found["b 1.0"] == "'x' in extras"
        assert found["c 1.0"] == "'dev' in dependency_groups"
        assert_right(resolution, port, asked)

    async def test_what_the_project_needs_anyway_is_not_bound_to_an_extra(self, port: FakePort) -> None:
        port.serve("a", "1.0")

        assert markers(await universal(port, "a", others={extra("x"): ["a"]})) == {"a 1.0": None}

    async def test_declared_conflicts_may_have_different_versions(self, port: FakePort) -> None:
        port.serve("a", "1.0")
        port.serve("a", "2.0")
        asked = {BASE: [], extra("new"): ["a>=2"], extra("old"): ["a<2"]}
        resolution = await universal(
            port,
            others={one: asked[one] for one in list(asked)[1:]},
            conflicts=((extra("new"), extra("old")),),
        )

        assert markers(resolution) == {"a 1.0": "'old' in extras", "a 2.0": "'new' in extras"}
        assert_right(resolution, port, asked, active=[(), (extra("new"),), (extra("old"),)])

    async def test_the_base_takes_part_in_a_conflict(self, port: FakePort) -> None:
        port.serve("a", "1.0")
        port.serve("a", "2.0")
        asked = {BASE: ["a"], extra("new"): ["a>=2"], extra("old"): ["a<2"]}
        resolution = await universal(
            port,
            "a",
            others={one: asked[one] for one in list(asked)[1:]},
            conflicts=((extra("new"), extra("old")),),
        )

        assert markers(resolution) == {"a 1.0": "'old' in extras", "a 2.0": "'old' not in extras"}
        assert_right(resolution, port, asked, active=[(), (extra("new"),), (extra("old"),)])

    async def test_an_undeclared_conflict_names_the_two(self, port: FakePort) -> None:
        port.serve("a", "1.0")
        port.serve("a", "2.0")

        with pytest.raises(UndeclaredConflict) as caught:
            await universal(port, others={extra("new"): ["a>=2"], group("old"): ["a<2"]})

        assert caught.value.message == (
            "The extra new and the group old cannot be installed together on Python 3.14 on linux-x86_64"
        )
        assert 'conflicts = [[{extra = "new"}, {group = "old"}]]' in (caught.value.hint or "")


class TestWithoutAnAnswer:
    async def test_the_environment_is_named(self, port: FakePort) -> None:
        port.serve("a", "1.0")

        with pytest.raises(ResolutionError, match=r"on Python 3\.14 on windows-x86_64"):
            await universal(port, "a", "a>1; sys_platform == 'win32'")

    async def test_a_default_environment_without_a_file_is_left_out(self, port: FakePort) -> None:
        port.serve("a", "1.0", tags="py3-none-manylinux_2_28_x86_64")
        port.serve("a", "1.0", tags="py3-none-win_amd64")

        resolution = await universal(port, "a")

        assert markers(resolution) == {"a 1.0": None}
        (marker,) = resolution.environments
        assert "darwin" in marker
        (warning,) = resolution.warnings
        assert warning.startswith("a 1.0 cannot be used with Python 3.14 on linux-aarch64 and ")

    async def test_a_python_that_everything_excludes_is_left_out(self, port: FakePort) -> None:
        port.serve("a", "1.0", requires_python=">=3.9,!=3.13.*")

        resolution = await universal(port, "a")

        assert markers(resolution) == {"a 1.0": None}
        assert resolution.environments == ("python_version < '3.13' or python_version >= '3.14'",)

    async def test_a_declared_environment_without_a_file_is_an_error(self, port: FakePort) -> None:
        port.serve("a", "1.0", tags="py3-none-manylinux_2_28_x86_64")

        with pytest.raises(ResolutionError, match="windows"):
            await universal(port, "a", targets=({"python": ">=3.11", "platform": "windows-x86_64"},))

    async def test_only_declared_environments_are_in_the_lock(self, port: FakePort) -> None:
        port.serve("a", "1.0", ["b; sys_platform == 'win32'"])
        port.serve("b", "1.0")

        resolution = await universal(port, "a", targets=({"python": ">=3.11", "platform": "linux"},))

        assert markers(resolution) == {"a 1.0": None}
        assert resolution.environments == ("sys_platform == 'linux'",)

    async def test_a_version_whose_files_are_gone_is_passed_over_with_a_warning(self, port: FakePort) -> None:
        gone = ZephyrError("files.example does not have it (404)", id="file-missing")
        port.serve("a", "1.0")
        port.serve("a", "2.0", metadata=gone)

        resolution = await universal(port, "a")

        assert markers(resolution) == {"a 1.0": None}
        (warning,) = resolution.warnings
        assert warning == (
            "a 2.0 was passed over, its metadata cannot be read: files.example does not have it (404)"
        )

    async def test_metadata_that_tells_too_many_environments_apart_is_refused(self, port: FakePort) -> None:
        port.serve("a", "1.0", [f"b; sys_platform == 'x{number}'" for number in range(6000)])
        port.serve("b", "1.0")

        with pytest.raises(TooManyEnvironments):
            await universal(port, "a")


class TestIndexes:
    async def test_a_project_may_come_from_another_index_on_another_platform(self, port: FakePort) -> None:
        port.serve("a", "2.0")
        other = FakePort()
        other.serve("a", "2.0+cu1")
        other.describe("a", index="other")
        port.hold("a-2.0+cu1-py3-none-any.whl", core_metadata("a", "2.0+cu1"))
        request = asked_universally(
            "a", package_indexes={canonicalize_name("a"): (("other", "sys_platform == 'linux'"),)}
        )

        resolution = await resolve_universal(request, port, Named(other))

        assert markers(resolution) == {
            "a 2.0": "sys_platform != 'linux'",
            "a 2.0+cu1": "sys_platform == 'linux'",
        }
        assert [pin.index for pin in resolution.pins] == ["https://index.example/simple/", "other"]

    async def test_the_same_version_from_two_indexes_is_two_entries(self, port: FakePort) -> None:
        port.serve("a", "2.0")
        other = FakePort()
        other.serve("a", "2.0")
        other.describe("a", index="other")
        request = asked_universally(
            "a", package_indexes={canonicalize_name("a"): (("other", "python_version < '3.13'"),)}
        )

        resolution = await resolve_universal(request, port, Named(other))

        assert {pin.index: pin.marker for pin in resolution.pins} == {
            "https://index.example/simple/": "python_version >= '3.13'",
            "other": "python_version < '3.13'",
        }


class TestFiles:
    async def test_only_wheels_that_some_environment_can_use_are_listed(self, port: FakePort) -> None:
        tags = (
            "cp310-cp310-manylinux_2_17_x86_64",
            "cp311-cp311-manylinux_2_17_x86_64",
            "cp311-cp311-musllinux_1_2_x86_64",
            "cp313-cp313t-manylinux_2_17_x86_64",
            "cp312-abi3-macosx_11_0_arm64",
            "cp312-cp312-freebsd_13_x86_64",
            "py3-none-any",
        )

        for tag in tags:
            port.serve("a", "1.0", tags=tag)

        (pin,) = (await universal(port, "a")).pins

        assert {wheel.filename.removeprefix("a-1.0-").removesuffix(".whl") for wheel in pin.wheels} == (
            {*tags} - {"cp310-cp310-manylinux_2_17_x86_64", "cp312-cp312-freebsd_13_x86_64"}
        )

    async def test_a_project_of_one_platform_lists_the_wheels_of_it(self, port: FakePort) -> None:
        port.serve("a", "1.0", tags="py3-none-win_amd64")
        port.serve("a", "1.0", tags="py3-none-manylinux_2_17_x86_64")

        (pin,) = (await universal(port, "a; sys_platform == 'win32'")).pins

        assert [wheel.filename for wheel in pin.wheels] == ["a-1.0-py3-none-win_amd64.whl"]


class TestChoice:
    async def test_preferred_versions_are_kept(self, port: FakePort) -> None:
        port.serve("a", "1.0")
        port.serve("a", "2.0")

        def preferred(_: MarkerEnvironment) -> Mapping[NormalizedName, Version]:
            return {canonicalize_name("a"): Version("1.0")}

        assert markers(await universal(port, "a", preferred=preferred)) == {"a 1.0": None}

    async def test_a_version_is_not_lowered_to_keep_another_that_was_chosen_elsewhere(
        self, port: FakePort
    ) -> None:
        port.serve("a", "1.0")
        port.serve("a", "8.0", ["b<2"], requires_python=">=3.8")
        port.serve("a", "9.0", ["b"], requires_python=">=3.13")
        port.serve("b", "1.0")
        port.serve("b", "2.0")

        resolution = await universal(port, "a")

        assert markers(resolution) == {
            "a 8.0": "python_version < '3.13'",
            "a 9.0": "python_version >= '3.13'",
            "b 1.0": "python_version < '3.13'",
            "b 2.0": "python_version >= '3.13'",
        }

    async def test_overrides_and_excludes_count_everywhere(self, port: FakePort) -> None:
        port.serve("a", "1.0", ["b>=2", "c"])
        port.serve("b", "1.0")
        port.serve("b", "2.0")

        resolution = await universal(port, "a", overrides=["b<2"], excludes=["c"])

        assert markers(resolution) == {"a 1.0": None, "b 1.0": None}

    async def test_a_constraint_holds_where_its_marker_does(self, port: FakePort) -> None:
        port.serve("a", "1.0")
        port.serve("a", "2.0")

        resolution = await universal(port, "a", constraints=["a<2; sys_platform == 'win32'"])

        assert markers(resolution) == {
            "a 1.0": "sys_platform == 'win32'",
            "a 2.0": "sys_platform != 'win32'",
        }

    async def test_a_pre_release_is_taken_only_where_nothing_else_is(self, port: FakePort) -> None:
        port.serve("a", "1.0")
        port.serve("a", "2.0rc1")

        assert set(markers(await universal(port, "a"))) == {"a 1.0"}


NAMES = ("a", "b", "c", "d")
MARKERS = (
    "",
    "; sys_platform == 'win32'",
    "; sys_platform != 'linux'",
    "; python_version < '3.13'",
    "; python_full_version >= '3.12.4'",
    "; platform_machine == 'arm64' or python_version >= '3.14'",
)
requirements = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(["", ">=2", "<2", "!=3", "<3"]), st.sampled_from(MARKERS)
).map("".join)
releases = st.fixed_dictionaries(
    {name: st.lists(st.lists(requirements, max_size=3), min_size=1, max_size=3) for name in NAMES}
)


def world(served: dict[str, list[list[str]]], order: int | None = None) -> FakePort:
    port = FakePort(order=order)

    for name, versions in served.items():
        for number, requires in enumerate(versions, 1):
            port.serve(name, str(number), requires)

    return port


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(releases, st.lists(requirements, min_size=1, max_size=3), st.lists(requirements, max_size=2))
async def test_whatever_the_world_the_pins_are_right_or_there_are_none(
    served: dict[str, list[list[str]]], roots: list[str], dev: list[str]
) -> None:
    port = world(served)

    try:
        resolution = await universal(port, *roots, others={group("dev"): dev})
    except ResolutionError:
        return

    assert_right(resolution, port, {BASE: roots, group("dev"): dev})


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(releases, st.lists(requirements, min_size=1, max_size=3), st.integers())
async def test_the_order_in_which_facts_arrive_changes_nothing(
    served: dict[str, list[list[str]]], roots: list[str], order: int
) -> None:
    request = asked_universally(*roots)

    try:
        expected = await resolve_universal(request, world(served))
    except ResolutionError:
        return

    found = await resolve_universal(request, world(served, order))

    assert found.pins == expected.pins
