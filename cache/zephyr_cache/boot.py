"""Which boot of the machine this is.

Nothing is synced when a tree is published, so a power cut may tear it. What was written in this
boot is safe to read back, whatever the disk has got so far; what was written in an earlier boot is
hashed once before it is believed.
"""

from __future__ import annotations

import functools
import sys

_LINUX = "/proc/sys/kernel/random/boot_id"


@functools.cache
def boot_identity() -> str:
    """Name the running boot of this machine; an empty string where the system does not tell."""
    try:
        if sys.platform == "win32":
            return _windows()

        if sys.platform == "darwin":
            return _macos()

        with open(_LINUX, encoding="ascii") as stream:
            return stream.read().strip()
    except (OSError, ValueError, AttributeError):
        return ""


if sys.platform == "win32":

    def _windows() -> str:
        import winreg

        path = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            number, _kind = winreg.QueryValueEx(key, "BootId")

        return f"windows-{number}"


if sys.platform == "darwin":

    def _macos() -> str:
        import ctypes

        system = ctypes.CDLL(None)
        value = ctypes.create_string_buffer(64)
        size = ctypes.c_size_t(len(value))
        if system.sysctlbyname(b"kern.bootsessionuuid", value, ctypes.byref(size), None, 0) != 0:
            return ""

        return value.value.decode("ascii")
