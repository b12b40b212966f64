"""Says what is missing when a build fails: a table from traces in its output to the next step. Pure.

A diagnosis is a guess by its nature, so it is a hint beside the output, never in its place. Traces are
tried in order; the first that is found counts, the most particular come first.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Literal

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

System = Literal["debian", "fedora", "alpine", "arch", "suse", "macos", "windows", "other"]

_INSTALL: Mapping[System, str] = {
    "debian": "apt-get install {}",
    "fedora": "dnf install {}",
    "alpine": "apk add {}",
    "arch": "pacman -S {}",
    "suse": "zypper install {}",
    "macos": "brew install {}",
}
_FAMILIES: Mapping[str, System] = {
    "debian": "debian",
    "ubuntu": "debian",
    "fedora": "fedora",
    "rhel": "fedora",
    "centos": "fedora",
    "amzn": "fedora",
    "alpine": "alpine",
    "arch": "arch",
    "suse": "suse",
    "opensuse": "suse",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """A trace in the output, what it tells, and the next step: packages of a system, or advice."""

    pattern: re.Pattern[str]
    told: str
    packages: Mapping[System, str]
    advice: str | None = None
    """Where there are no packages."""


def diagnose(lines: Iterable[str], system: System) -> str | None:
    """Return what is probably missing and how to get it on ``system``; None when nothing is recognised."""
    text = "\n".join(lines)

    for cause in _CAUSES:
        found = cause.pattern.search(text)

        if found is not None:
            told = cause.told.format(**{key: value or "" for key, value in found.groupdict().items()})
            return f"{told}: {_next_step(cause, system)}"

    return None


def _next_step(cause: Cause, system: System) -> str:
    packages = cause.packages.get(system)

    if packages is None:
        return cause.advice or "install it with the system's package manager"

    return f"`{_INSTALL[system].format(packages)}`"


def system_of(platform: str, os_release: str) -> System:
    """Return the family of systems that ``sys.platform`` and the text of os-release tell."""
    if platform in {"darwin", "win32"}:
        return "macos" if platform == "darwin" else "windows"

    for key in ("ID", "ID_LIKE"):
        found = re.search(rf"^{key}=(.*)$", os_release, re.MULTILINE)

        for name in found[1].strip("\"'").split() if found else ():
            if name in _FAMILIES:
                return _FAMILIES[name]

    return "other"


def this_system() -> System:
    """Return the family of the system that this runs on. Reads os-release."""
    try:
        with open("/etc/os-release", encoding="utf-8", errors="replace") as stream:
            return system_of(sys.platform, stream.read())
    except OSError:
        return system_of(sys.platform, "")


def _cause(
    pattern: str, told: str, *, advice: str | None = None, packages: Mapping[System, str] | None = None
) -> Cause:
    return Cause(re.compile(pattern, re.MULTILINE), told, packages or {}, advice)


def _library(
    pattern: str,
    told: str,
    *,
    debian: str,
    fedora: str,
    alpine: str,
    arch: str | None = None,
    macos: str | None = None,
) -> Cause:
    packages: dict[System, str] = {"debian": debian, "fedora": fedora, "alpine": alpine}

    if arch is not None:
        packages["arch"] = arch

    if macos is not None:
        packages["macos"] = macos

    return _cause(pattern, told, packages=packages)


def _header(names: str) -> str:
    """Return what compilers write about a header that is not there (gcc, clang, MSVC)."""
    return rf"(?:fatal error:|error C1083:.*)\s*'?(?:{names})'?\b.*(?:No such file|not found|file)"


_COMPILERS: Mapping[System, str] = {
    "debian": "build-essential",
    "fedora": "gcc gcc-c++ make",
    "alpine": "build-base",
    "arch": "base-devel",
    "suse": "gcc gcc-c++ make",
}
_NEWER = "ask for a newer version, or pin the older setuptools with --build-constraint"

_CAUSES: tuple[Cause, ...] = (
    _library(
        _header(r"Python\.h"),
        "The header Python.h is missing",
        debian="python3-dev",
        fedora="python3-devel",
        alpine="python3-dev",
        arch="python",
    ),
    _library(
        r"pg_config(?: executable)? (?:is )?(?:not found|required)|" + _header(r"libpq-fe\.h"),
        "PostgreSQL's pg_config or headers are missing",
        debian="libpq-dev",
        fedora="libpq-devel",
        alpine="postgresql-dev",
        arch="postgresql-libs",
        macos="libpq",
    ),
    _library(
        r"mysql_config:? (?:.*)not found|mysqlclient\.pc|Can not find valid pkg-config name"
        r"|" + _header(r"mysql\.h"),
        "MySQL's client library is missing",
        debian="default-libmysqlclient-dev pkg-config",
        fedora="mariadb-connector-c-devel pkgconf",
        alpine="mariadb-dev",
        arch="mariadb-libs",
        macos="mysql-client pkg-config",
    ),
    _library(
        _header(r"ffi\.h") + r"|No package 'libffi' found",
        "libffi's headers are missing",
        debian="libffi-dev",
        fedora="libffi-devel",
        alpine="libffi-dev",
        arch="libffi",
        macos="libffi",
    ),
    _library(
        _header(r"openssl/[\w.]+") + r"|Could not find directory of OpenSSL|No package 'openssl' found",
        "OpenSSL's headers are missing",
        debian="libssl-dev pkg-config",
        fedora="openssl-devel pkgconf",
        alpine="openssl-dev pkgconf",
        arch="openssl pkgconf",
        macos="openssl@3",
    ),
    _library(
        _header(r"libxml/[\w.]+|libxslt/[\w.]+")
        + r"|make sure the development packages of libxml2 and libxslt",
        "The headers of libxml2 and libxslt are missing",
        debian="libxml2-dev libxslt1-dev",
        fedora="libxml2-devel libxslt-devel",
        alpine="libxml2-dev libxslt-dev",
        arch="libxml2 libxslt",
        macos="libxml2 libxslt",
    ),
    _library(
        _header(r"jpeglib\.h") + r"|RequiredDependencyException: jpeg",
        "libjpeg's headers are missing",
        debian="libjpeg-dev",
        fedora="libjpeg-turbo-devel",
        alpine="jpeg-dev",
        arch="libjpeg-turbo",
        macos="jpeg-turbo",
    ),
    _library(
        _header(r"zlib\.h") + r"|RequiredDependencyException: zlib",
        "zlib's headers are missing",
        debian="zlib1g-dev",
        fedora="zlib-devel",
        alpine="zlib-dev",
        arch="zlib",
        macos="zlib",
    ),
    _cause(
        r"can't find Rust compiler|[Cc]argo, the Rust package manager, is not installed"
        r"|(?:cargo|rustc):? (?:command )?not found|No such file or directory: '(?:cargo|rustc)'",
        "Rust is missing",
        packages={"debian": "cargo", "fedora": "cargo", "alpine": "cargo", "arch": "rust", "macos": "rust"},
        advice="install Rust with rustup",
    ),
    _cause(
        r"Microsoft Visual C\+\+ \d+\.\d+ (?:or greater )?is required",
        "There is no C compiler",
        advice="install Build Tools for Visual Studio with the C++ workload",
    ),
    _cause(
        r"xcrun: error: invalid active developer path",
        "There is no C compiler",
        advice="run `xcode-select --install`",
    ),
    _cause(
        r"(?:command|unable to execute) '[\w/.-]*(?:gcc|cc|clang|g\+\+|c\+\+)'(?: failed)?: No such file"
        r"|Unknown compiler\(s\)|No CMAKE_CXX?_COMPILER could be found"
        r"|(?:gcc|cc|clang|g\+\+): (?:command )?not found",
        "There is no C compiler",
        packages=_COMPILERS,
        advice="install one, or ask for a version that has a wheel",
    ),
    _cause(
        r"(?:CMake must be installed|cmake: (?:command )?not found|No such file or directory: 'cmake')",
        "CMake is missing",
        packages={"debian": "cmake", "fedora": "cmake", "alpine": "cmake", "arch": "cmake", "macos": "cmake"},
    ),
    _cause(
        r"No module named '(?P<module>Cython|numpy)(?:\.[\w.]*)?'"
        r"|(?P<other>Cython) (?:is )?(?:required|not installed|not found)",
        "The project needs {module}{other} to be built and does not say so in [build-system] requires",
        advice="install it and build with --no-build-isolation, or ask for a newer version",
    ),
    _cause(
        r"No module named 'pkg_resources'|use_2to3 is invalid|invalid command 'test'"
        r"|cannot import name '[\w]+' from 'setuptools|module 'setuptools[\w.]*' has no attribute",
        "The project uses what newer versions of setuptools have removed",
        advice=_NEWER,
    ),
    _cause(
        r"No module named '(?P<module>distutils|imp|asyncore|pipes|cgi|lib2to3)(?:\.[\w.]*)?'"
        r"|module 'configparser' has no attribute '(?P<other>SafeConfigParser)'"
        r"|module '(?P<old>pkgutil)' has no attribute 'ImpImporter'",
        "The project uses {module}{other}{old}, which newer Pythons do not have",
        advice="ask for a newer version, or use an older Python (--python)",
    ),
    _cause(
        r"[Rr]equires [Pp]ython '?(?P<range>[<>=!~][^'\n]{1,40})"
        r"|Python (?P<low>[<>=]+ ?3\.\d+) (?:is )?required"
        r"|[Tt]he configured Python interpreter version \([\d.]+\) is (?P<direction>newer|lower) than PyO3",
        "This version is not made for this Python",
        advice="ask for another version, or use another Python (--python)",
    ),
    _cause(
        r"Compatibility with CMake < 3\.\d+ has been removed",
        "The project is made for an older CMake",
        advice="set CMAKE_POLICY_VERSION_MINIMUM=3.5 in the environment, or ask for a newer version",
    ),
    _cause(
        r"[Cc]ould(?: not|n't) resolve host|Temporary failure in name resolution|getaddrinfo failed",
        "The build downloads something and cannot reach it",
        advice="look at the network and the proxies, or ask for a version that has a wheel",
    ),
    _cause(
        r"No space left on device",
        "The disk is full",
        advice="make room, or set TMPDIR to a folder with room",
    ),
    _cause(
        r"^PermissionError: \[Errno 13\]|: Permission denied$",
        "The build wrote where it may not",
        advice="builds may write only to folders of their own, unless --no-build-sandbox is given",
    ),
    _cause(
        r"ModuleNotFoundError: No module named '(?P<module>[\w.]+)'",
        "The project needs the module {module} to be built and does not say so in [build-system] requires",
        advice="install it and build with --no-build-isolation, or ask for a newer version",
    ),
)
