"""A marker environment: all that a marker can tell apart, with one range of Pythons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.markers.platforms import Platform
    from zephyr.markers.python_ranges import PythonRange

IMPLEMENTATION_TITLES = {
    "cpython": "CPython",
    "graalpy": "GraalVM",
    "ironpython": "IronPython",
    "pypy": "PyPy",
}
"""``platform.python_implementation()`` by ``sys.implementation.name``, where it is not just capitalised."""


@dataclass(frozen=True, slots=True)
class MarkerEnvironment:
    """One implementation of a range of Pythons on one platform."""

    python: PythonRange
    platform: Platform
    implementation: str = "cpython"
    """``sys.implementation.name``."""

    @property
    def markers(self) -> Mapping[str, str]:
        """The environment markers (PEP 508) at the lower end of the range, without ``extra``.

        Release and version of the operating system are empty: nothing is known of them.
        """
        python = self.python.lower
        platform = self.platform
        full_version = f"{python.major}.{python.minor}.{python.micro}"

        return {
            "implementation_name": self.implementation,
            "implementation_version": full_version,
            "os_name": platform.os_name,
            "platform_machine": platform.platform_machine,
            "platform_python_implementation": IMPLEMENTATION_TITLES.get(
                self.implementation, self.implementation.capitalize()
            ),
            "platform_release": "",
            "platform_system": platform.platform_system,
            "platform_version": "",
            "python_full_version": full_version,
            "python_version": f"{python.major}.{python.minor}",
            "sys_platform": platform.sys_platform,
        }

    @property
    def label(self) -> str:
        """``Python 3.11 on linux-x86_64``; another implementation than CPython goes by its own name."""
        name = IMPLEMENTATION_TITLES.get(self.implementation, self.implementation.capitalize())
        shown = "Python" if self.implementation == "cpython" else name

        return f"{shown} {self.python.label} on {self.platform.label}"
