"""The environment that is resolved for."""

from __future__ import annotations

import pytest

from tests.support.fake_port import MARKERS, TAGS, interpreter
from zephyr.metadata.reasons import PythonMismatch
from zephyr.metadata.target import Target


@pytest.fixture
def target() -> Target:
    return Target.of(interpreter("3.11.7"))


def test_the_best_tag_ranks_lowest_and_foreign_tags_not_at_all(target: Target) -> None:
    assert [target.rank(tag) for tag in TAGS] == list(range(len(TAGS)))
    assert target.rank("cp312-cp312-win_amd64") is None


def test_a_compressed_set_ranks_as_the_best_of_its_tags(target: Target) -> None:
    assert target.rank("py2.py3-none-any") == TAGS.index("py3-none-any")
    assert target.rank("cp310.cp311-none.abi3-any.manylinux_2_17_x86_64") == 1


def test_a_tag_named_twice_keeps_its_better_rank() -> None:
    assert Target("3.11", {}, ["a-b-c", "d-e-f", "a-b-c"]).rank("a-b-c") == 0


def test_markers_are_evaluated_with_and_without_an_extra(target: Target) -> None:
    assert target.holds("python_version >= '3.11' and sys_platform == 'linux'")
    assert not target.holds("extra == 'x'")
    assert target.holds("extra == 'X_y'", "x-y")
    assert not target.holds("platform_machine == 'arm64'")


def test_no_marker_is_taken_from_the_python_that_runs_the_resolve() -> None:
    elsewhere = Target("3.8.1", {**MARKERS, "python_version": "3.8", "sys_platform": "win32"}, [])

    assert elsewhere.holds("python_version == '3.8' and sys_platform == 'win32'")


@pytest.mark.parametrize("marker", ["python_version >", "nonsense == '1'", "python_version ~= 'x'"])
def test_a_senseless_marker_is_a_value_error(target: Target, marker: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        target.holds(marker)


@pytest.mark.parametrize("version", ["3.11.7", "3.15.0a1", "3.13.0rc2+local"])
def test_a_pre_release_of_python_counts_as_its_release(version: str) -> None:
    target = Target(version, {}, [])

    assert target.python_mismatch(">=3.11") is None
    assert target.python_mismatch(f">={version.partition('.')[0]}.11.7,<4") is None
    assert target.python_mismatch("<3.11") == PythonMismatch("<3.11", version)


def test_requires_python_is_repaired_like_any_specifier(target: Target) -> None:
    assert target.python_mismatch(">=3.12.*") == PythonMismatch(">=3.12.*", "3.11.7")
    assert target.python_mismatch(">=3.8.*,") is None


def test_a_marker_of_lock_files_has_no_meaning_in_metadata() -> None:
    with pytest.raises(ValueError, match="no meaning"):
        Target.of(interpreter()).holds("'x' in extras")
