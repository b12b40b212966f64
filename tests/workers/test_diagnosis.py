"""What failures of builds are recognised, by output that such builds really have."""

from __future__ import annotations

import pytest

from zephyr_workers.diagnosis import System, diagnose, system_of

SYSTEMS: dict[System, str] = {
    "debian": "PRETTY_NAME=x\nID=ubuntu\nID_LIKE=debian\n",
    "fedora": 'ID="rocky"\nID_LIKE="rhel centos fedora"\n',
    "alpine": "ID=alpine\n",
    "arch": "ID=arch\n",
    "suse": 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
    "other": "ID=unheard\n",
}


@pytest.mark.parametrize(("system", "os_release"), SYSTEMS.items())
def test_systems_are_known_by_their_os_release(system: System, os_release: str) -> None:
    assert system_of("linux", os_release) == system


def test_other_platforms_need_no_file() -> None:
    assert (system_of("darwin", ""), system_of("win32", "")) == ("macos", "windows")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("demo.c:1:10: fatal error: Python.h: No such file or directory", "apt-get install python3-dev"),
        ("demo.c:1:10: fatal error: 'Python.h' file not found", "python3-dev"),
        ("Error: pg_config executable not found.", "libpq-dev"),
        ("/bin/sh: 1: mysql_config: not found", "default-libmysqlclient-dev"),
        ("c/_cffi_backend.c:15:10: fatal error: ffi.h: No such file or directory", "libffi-dev"),
        ("fatal error: openssl/opensslv.h: No such file or directory", "libssl-dev"),
        ("Could not find directory of OpenSSL installation, and this `-sys` crate", "libssl-dev"),
        ("fatal error: libxml/xmlversion.h: No such file or directory", "libxml2-dev"),
        ("Error: Please make sure the development packages of libxml2 and libxslt are", "libxslt1-dev"),
        ("fatal error: zlib.h: No such file or directory", "zlib1g-dev"),
        ("error: can't find Rust compiler", "apt-get install cargo"),
        ("Cargo, the Rust package manager, is not installed or is not on PATH.", "apt-get install cargo"),
        ("error: command 'gcc' failed: No such file or directory", "build-essential"),
        ("error: command '/usr/bin/x86_64-linux-gnu-gcc' failed: No such file or directory", "C compiler"),
        ("unable to execute 'gcc': No such file or directory", "build-essential"),
        ("meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc']]", "build-essential"),
        ("ModuleNotFoundError: No module named 'Cython'", "needs Cython to be built"),
        ("ModuleNotFoundError: No module named 'numpy'", "needs numpy to be built"),
        ("ModuleNotFoundError: No module named 'pkg_resources'", "setuptools have removed"),
        ("error in demo setup command: use_2to3 is invalid.", "setuptools have removed"),
        ("error: invalid command 'test'", "--build-constraint"),
        ("AttributeError: module 'pkgutil' has no attribute 'ImpImporter'", "uses pkgutil, which newer"),
        ("ModuleNotFoundError: No module named 'imp'", "uses imp, which newer"),
        ("ModuleNotFoundError: No module named 'distutils.core'", "uses distutils, which newer"),
        ("error: the configured Python interpreter version (3.14) is newer than PyO3's", "--python"),
        ("  Compatibility with CMake < 3.5 has been removed from CMake.", "CMAKE_POLICY_VERSION_MINIMUM"),
        ('  status_string: "Couldn\'t resolve host name"', "cannot reach it"),
        ("ModuleNotFoundError: No module named 'wheel.util'", "the module wheel.util"),
        ("PermissionError: [Errno 13] Permission denied: '/home/me/x'", "--no-build-sandbox"),
        ("mkdir: cannot create directory '/opt/x': Permission denied", "--no-build-sandbox"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
    ],
)
def test_what_is_missing_on_debian_is_named(line: str, expected: str) -> None:
    found = diagnose(["some output", line, "more output"], "debian")

    assert found is not None
    assert expected in found


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("fedora", "`dnf install python3-devel`"),
        ("alpine", "`apk add python3-dev`"),
        ("other", "install it with the system's package manager"),
    ],
)
def test_the_next_step_is_that_of_the_system(system: System, expected: str) -> None:
    found = diagnose(["fatal error: Python.h: No such file or directory"], system)

    assert found == f"The header Python.h is missing: {expected}"


@pytest.mark.parametrize(
    ("line", "system", "expected"),
    [
        ("xcrun: error: invalid active developer path (/Library/x)", "macos", "run `xcode-select --install`"),
        ("error: Microsoft Visual C++ 14.0 or greater is required.", "windows", "Build Tools for Visual"),
        ("error: command 'gcc' failed: No such file or directory", "windows", "a version that has a wheel"),
    ],
)
def test_compilers_come_another_way_on_some_systems(line: str, system: System, expected: str) -> None:
    found = diagnose([line], system)

    assert found is not None
    assert expected in found


@pytest.mark.parametrize(
    "line", ["error: command '/usr/bin/gcc' failed with exit code 1", "AssertionError", "", "numpy is great"]
)
def test_what_is_not_recognised_is_not_guessed_at(line: str) -> None:
    assert diagnose([line], "debian") is None
