"""Failures in words: the proof's lines, and the hints."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fake_port import FakePort
from zephyr.metadata.explain import ResolutionError
from zephyr.metadata.request import PreReleases

pytestmark = pytest.mark.anyio


async def failure(port: FakePort, *requirements: str, **request: Any) -> ResolutionError:
    with pytest.raises(ResolutionError) as caught:
        await port.resolve(*requirements, **request)

    assert (caught.value.id, caught.value.exit_code) == ("no-solution", 1)
    assert caught.value.details[-1].endswith("your requirements cannot be met.")

    return caught.value


async def test_a_conflict_is_told_from_the_requirements_to_their_contradiction() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["c<2"])
    port.serve("b", "1.0", ["c>=2"])
    port.serve("c", "1.0")
    port.serve("c", "2.0")

    found = await failure(port, "a", "b")

    told = " ".join(found.details)
    for part in ("you require a (command line)", "you require b (command line)", "c<2", "c>=2"):
        assert part in told

    assert found.hints == ()


async def test_the_hint_for_another_python_names_both() -> None:
    port = FakePort()
    port.serve("a", "2.0", requires_python=">=3.12")
    port.serve("a", "1.0")

    found = await failure(port, "a>=2", python="3.11.2")

    assert "requires Python >=3.12, this environment is 3.11.2" in found.details[0]
    assert found.hints == (
        (
            "a 2.0 requires Python >=3.12, this environment is 3.11.2; "
            "the newest version that can be used is 1.0."
        ),
    )


async def test_the_hint_for_another_platform_names_the_newest_wheel_for_this_one() -> None:
    port = FakePort()
    port.serve("a", "1.5", tags="cp311-cp311-win_amd64")
    port.serve("a", "1.4")

    assert (await failure(port, "a>1.4")).hints == (
        (
            "a 1.5 has no wheel for this platform (cp311, manylinux_2_17_x86_64); "
            "the newest that has one is 1.4."
        ),
    )


async def test_the_hint_for_yanked_releases_says_how_to_use_one() -> None:
    port = FakePort()
    port.serve("a", "1.0", yanked="")

    assert (await failure(port, "a")).hints == (
        "Only yanked releases of a match; to use one all the same, pin it with ==.",
    )


async def test_the_hint_for_pre_releases_names_the_option() -> None:
    port = FakePort()
    port.serve("a", "1.0rc1")

    hints = (await failure(port, "a", pre_releases=PreReleases.DISALLOW)).hints

    assert hints == ("Only pre-releases of a match; allow them with --pre.",)


async def test_the_hint_for_source_archives_says_that_they_would_be_built() -> None:
    port = FakePort()
    port.serve_source("a", "1.0")
    port.serve_source("a", "1.1")

    assert (await failure(port, "a", no_build=frozenset({":all:"}))).hints == (
        "a 1.0 to 1.1 would have to be built.",
    )


@pytest.mark.parametrize("root", ["nowhere", "user"])
async def test_the_hint_for_an_unknown_name_is_to_check_it(root: str) -> None:
    port = FakePort()
    port.serve("user", "1.0", ["nowhere>=1"])

    found = await failure(port, root)

    assert found.hints == (
        "No index that was asked knows nowhere. Check how it is spelled, or name the index that has it.",
    )


async def test_the_hint_for_a_version_that_does_not_exist_names_those_that_do() -> None:
    port = FakePort()
    port.serve("a", "1.0")
    assert (await failure(port, "a==3")).hints == ("No version of a meets ==3; the only version is 1.0.",)

    port.serve("a", "2.0")
    assert (await failure(port, "a==3")).hints == ("No version of a meets ==3; the versions are 1.0 to 2.0.",)


async def test_a_project_without_one_valid_file_is_not_called_unknown() -> None:
    port = FakePort()
    port.serve_source("a", "2004d")

    assert (await failure(port, "a")).hints == ("a has files, but none with a valid name and version.",)


async def test_a_constraint_is_named_with_its_origin() -> None:
    port = FakePort()
    port.serve("a", "1.0")

    found = await failure(port, "a", constraints=["b", "a<1"])

    assert "ruled out by the constraint a<1 (constraints.txt line 2)" in found.details[0]


async def test_a_url_that_a_dependency_asks_for_can_be_trusted_by_the_user() -> None:
    port = FakePort()
    port.serve("a", "1.0", ["b @ https://files.example/b-1.0-py3-none-any.whl"])

    assert (await failure(port, "a")).hints == ("If you trust it, require b yourself, with the same URL.",)


async def test_the_hint_is_the_hints_one_per_line() -> None:
    port = FakePort()
    port.serve("a", "1.0", requires_python=">=3.12")
    port.serve("a", "1.1", yanked="")
    port.serve_source("a", "1.2")

    found = await failure(port, "a", no_build=frozenset({"a"}))

    assert found.hint == "\n".join(found.hints)
    assert len(found.hints) == 3
