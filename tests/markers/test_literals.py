"""The values that markers compare with."""

from __future__ import annotations

import pytest
from packaging.version import Version

from zephyr.markers.literals import NO_LITERALS, Literals, literals_in


def test_every_variable_gives_its_values() -> None:
    found = literals_in(
        "(sys_platform == 'illumos' or 'nt' != os_name) and platform_machine not in 'i686, ppc64le'"
        " and platform_system == 'FreeBSD' and python_version < '3.12' and extra == 'x'"
    )

    assert found == Literals(
        cuts=frozenset({Version("3.12.0")}),
        sys_platforms=frozenset({"illumos"}),
        os_names=frozenset({"nt"}),
        platform_machines=frozenset({"i686", "ppc64le"}),
        platform_systems=frozenset({"FreeBSD"}),
    )


def test_an_implementation_has_one_name_however_it_is_written() -> None:
    for marker in ("implementation_name == 'pypy'", "platform_python_implementation != 'PyPy'"):
        assert literals_in(marker) == Literals(implementations=frozenset({"pypy"}))


def test_names_of_variables_from_before_the_standard_are_understood() -> None:
    assert literals_in("sys.platform == 'cygwin'").sys_platforms == {"cygwin"}
    assert literals_in("python_implementation == 'Jython'").implementations == {"jython"}


def test_what_no_python_is_called_is_no_value() -> None:
    assert literals_in("sys_platform == 'linux2' or platform_machine == 'WIN32'") == NO_LITERALS


@pytest.mark.parametrize("marker", ["", "sys_platform ==", "(os_name == 'nt'", "'a' == 'b'", "(" * 5000])
def test_what_is_no_marker_has_no_values(marker: str) -> None:
    assert literals_in(marker) == NO_LITERALS


def test_values_add_up() -> None:
    one, other = literals_in("os_name == 'nt'"), literals_in("os_name == 'java' or sys_platform == 'aix'")

    assert one | other == Literals(os_names=frozenset({"nt", "java"}), sys_platforms=frozenset({"aix"}))
