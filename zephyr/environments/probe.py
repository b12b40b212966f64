"""The program that an interpreter runs to say what it is: never imported, runs on Python 3.8 and later.

Prints one line of JSON after `MARK` on standard output, in ASCII, so that neither the locale nor what
``.pth`` files print can spoil it. It states facts only; what follows from them (wheel tags above all)
is worked out by ``zephyr.environments.facts``, in Zephyr's own process.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import sys
import sysconfig
from typing import Any

MARK = "zephyr-interpreter-facts:"
# The oldest interface level that any manylinux tag names is glibc 2.5 (PEP 513).
OLDEST_GLIBC_MINOR = 5


def implementation_version() -> str:
    """Return the marker ``implementation_version`` as PEP 508 defines it."""
    info = sys.implementation.version
    version = f"{info.major}.{info.minor}.{info.micro}"

    if info.releaselevel != "final":
        version += f"{info.releaselevel[0]}{info.serial}"

    return version


def markers() -> dict[str, str]:
    """Return the environment markers of PEP 508, without ``extra``."""
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": implementation_version(),
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }


def glibc_version() -> str | None:
    """Return the running glibc's version, None where the C library is another one."""
    try:
        answer = os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, OSError, ValueError):
        answer = None

    if answer:
        return answer.split()[-1]

    try:
        import ctypes

        asked = ctypes.CDLL(None).gnu_get_libc_version
    except (ImportError, AttributeError, OSError, TypeError):
        return None

    asked.restype = ctypes.c_char_p

    return str(asked().decode("ascii"))


def manylinux_overrides(glibc: str | None, machine: str) -> dict[str, bool]:
    """Return what a ``_manylinux`` module says of each glibc level (PEP 600); empty without one."""
    try:
        import _manylinux  # type: ignore[import-not-found] # pyright: ignore
    except ImportError:
        return {}

    module: Any = _manylinux
    legacy = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
    newest = int((glibc or "2.0").split(".")[1].split("-")[0])
    answers: dict[str, bool] = {}

    for minor in range(OLDEST_GLIBC_MINOR, newest + 1):
        if hasattr(module, "manylinux_compatible"):
            answer = module.manylinux_compatible(2, minor, machine)
        else:
            answer = getattr(module, f"{legacy.get(minor, '')}_compatible", None)

        if answer is not None:
            answers[f"2.{minor}"] = bool(answer)

    return answers


def install_paths() -> dict[str, str]:
    """Return the folders that packages are installed to, as pip of the same Python would choose them."""
    paths = sysconfig.get_paths()

    # Before 3.10 distributors changed these folders in distutils only, and sysconfig did not follow.
    if sys.version_info < (3, 10) and sys.prefix == sys.base_prefix:
        from distutils.command.install import SCHEME_KEYS  # type: ignore # pyright: ignore
        from distutils.core import Distribution  # type: ignore # pyright: ignore

        command: Any = Distribution().get_command_obj("install")  # type: ignore # pyright: ignore
        command.finalize_options()
        chosen = {key: getattr(command, f"install_{key}") for key in SCHEME_KEYS}  # pyright: ignore
        paths.update({"include": os.path.dirname(chosen.pop("headers")), **chosen})

    return paths


def facts() -> dict[str, Any]:
    """Return everything that Zephyr wants to know, as JSON values."""
    glibc = glibc_version()
    variables = sysconfig.get_config_vars()

    return {
        "executable": sys.executable,
        "base_executable": getattr(sys, "_base_executable", None) or sys.executable,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "markers": markers(),
        "paths": install_paths(),
        "cache_tag": sys.implementation.cache_tag or "",
        "magic": importlib.util.MAGIC_NUMBER.hex(),
        "debug": variables.get("Py_DEBUG"),
        "debug_hints": hasattr(sys, "gettotalrefcount"),
        "free_threaded": bool(variables.get("Py_GIL_DISABLED")),
        "extension_suffix": variables.get("EXT_SUFFIX"),
        "platform": sysconfig.get_platform(),
        "is_32bit": sys.maxsize <= 2**32,
        "macos": list(platform.mac_ver()[::2]),
        "glibc": glibc,
        "manylinux": manylinux_overrides(glibc, platform.machine()),
    }


if __name__ == "__main__":
    sys.stdout.write("\n" + MARK + json.dumps(facts()) + "\n")
