"""Which boot of the machine this is.

Nothing is synced when a tree is published, so a power cut may tear it. What was written in this
boot is safe to read back, whatever the disk has got so far; what was written in an earlier boot is
hashed once before it is believed.
"""

from __future__ import annotations

import functools
import sys


@functools.cache
def boot_identity() -> str:
    """Name the running boot of this machine; an empty string where the system does not tell."""
    try:
        return _ask_system()
    except (OSError, ValueError, AttributeError):
        return ""


if sys.platform == "win32":
    import winreg

    _COUNTER = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"

    def _ask_system() -> str:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _COUNTER) as key:
            number, _kind = winreg.QueryValueEx(key, "BootId")

        return f"windows-{number}"

elif sys.platform == "darwin":

    def _ask_system() -> str:
        import ctypes

        value = ctypes.create_string_buffer(64)
        size = ctypes.c_size_t(len(value))
        failed = ctypes.CDLL(None).sysctlbyname(b"kern.bootsessionuuid", value, ctypes.byref(size), None, 0)
        return "" if failed else value.value.decode("ascii")

else:

    def _ask_system() -> str:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as stream:
            return stream.read().strip()
