"""What archive names say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from zephyr.model.filenames import parse_filename, parse_version


@pytest.mark.parametrize(
    ("filename", "name", "version", "tag"),
    [
        ("demo-1.0-py3-none-any.whl", "demo", "1.0", "py3-none-any"),
        ("Demo_Pkg-1.0rc1-py2.py3-none-any.whl", "demo-pkg", "1.0rc1", "py2.py3-none-any"),
        ("demo-1.0+cu118-cp311-cp311-linux_x86_64.whl", "demo", "1.0+cu118", "cp311-cp311-linux_x86_64"),
        ("demo-1.0.tar.gz", "demo", "1.0", None),
        ("foo-bar-2-1.0.zip", "foo-bar-2", "1.0", None),
        ("foo.bar-1.0.tar.bz2", "foo-bar", "1.0", None),
        ("foo-1.0-1.tar.gz", "foo", "1.0.post1", None),
        ("foo-----bar-1.0.tar.gz", "foo-bar", "1.0", None),
    ],
)
def test_the_parts_of_a_name_are_found(filename: str, name: str, version: str, tag: str | None) -> None:
    parsed = parse_filename(filename, canonicalize_name(name))

    assert parsed is not None
    assert (parsed.name, parsed.version, parsed.tag) == (name, Version(version), tag)


@pytest.mark.parametrize(
    "filename",
    [
        "demo-1.0-py3-none.whl",
        "demo-1.0-x1-py3-none-any.whl",
        "demo-1.0-dev_x-py3-none-any.whl",
        "demo-2004d.tar.gz",
        "other-1.0-py3-none-any.whl",
        "demo-1.0.exe",
        "demo-1.0.egg",
        "demo.tar.gz",
        "",
    ],
)
def test_what_is_no_archive_of_the_project_with_a_valid_version_is_nothing(filename: str) -> None:
    assert parse_filename(filename, canonicalize_name("demo")) is None


def test_a_build_tag_sorts_by_its_number() -> None:
    second, tenth = (parse_filename(f"demo-1.0-{build}-py3-none-any.whl") for build in ("2", "10_x"))

    assert second is not None
    assert tenth is not None
    assert second.build < tenth.build
    assert (second.version, second.tag) == (Version("1.0"), "py3-none-any")


def test_a_version_of_absurd_length_is_no_version() -> None:
    assert parse_version("1" * 5000) is None
    assert parse_version("1." * 5000 + "1") is None


@given(
    st.sampled_from(["a", "A.b", "a_b", "x1"]),
    st.sampled_from(["1", "1.0", "2!1.0", "1.0.post1", "1.0.dev1", "1.0_1", "1.0+ab.1", "v1", "1.x"]),
    st.sampled_from(["", "1-", "2b-"]),
    st.sampled_from(["py3-none-any", "cp39.cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64"]),
)
def test_wheels_that_packaging_understands_are_understood_alike(
    name: str, version: str, build: str, tag: str
) -> None:
    filename = f"{name}-{version}-{build}{tag}.whl"
    parsed = parse_filename(filename)

    try:
        expected = parse_wheel_filename(filename)
    except ValueError:
        return

    assert parsed is not None
    assert (parsed.name, parsed.version) == expected[:2]
