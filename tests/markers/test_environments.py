"""Marker environments."""

from __future__ import annotations

from packaging.markers import default_environment
from packaging.version import Version

from zephyr.markers.environments import MarkerEnvironment
from zephyr.markers.platforms import platform_named
from zephyr.markers.python_ranges import PythonRange

LINUX, WINDOWS = *platform_named("linux-x86_64"), *platform_named("windows")


def test_an_environment_has_the_variables_of_the_standard_at_the_lower_end() -> None:
    environment = MarkerEnvironment(PythonRange(Version("3.11.4"), Version("3.12.0")), WINDOWS)

    assert environment.markers == {
        "implementation_name": "cpython",
        "implementation_version": "3.11.4",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Windows",
        "platform_version": "",
        "python_full_version": "3.11.4",
        "python_version": "3.11",
        "sys_platform": "win32",
    }
    assert environment.markers.keys() == default_environment().keys()


def test_an_implementation_has_the_name_that_it_gives_itself() -> None:
    python = PythonRange(Version("3.11.0"), None)
    titles = {
        name: MarkerEnvironment(python, LINUX, name).markers["platform_python_implementation"]
        for name in ("pypy", "graalpy", "jython", "ironpython")
    }

    assert titles == {
        "pypy": "PyPy",
        "graalpy": "GraalVM",
        "jython": "Jython",
        "ironpython": "IronPython",
    }


def test_an_environment_is_shown_by_its_python_and_its_platform() -> None:
    python = PythonRange(Version("3.11.0"), None)

    assert MarkerEnvironment(python, LINUX).label == "Python 3.11 on linux-x86_64"
    assert MarkerEnvironment(python, WINDOWS, "pypy").label == "PyPy 3.11 on windows-x86_64"
