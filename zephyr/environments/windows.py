"""Interpreters that installers have registered on Windows (PEP 514): what the ``py`` launcher lists."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import winreg

    def registered_executables() -> list[str]:
        """Return the executables in the registry, the user's before the machine's."""
        found: dict[str, None] = {}

        for hive, view in (
            (winreg.HKEY_CURRENT_USER, 0),
            (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_WOW64_64KEY),
            (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_WOW64_32KEY),
        ):
            try:
                root = winreg.OpenKey(hive, r"Software\Python", 0, winreg.KEY_READ | view)
            except OSError:
                continue

            for company in _children(root):
                # The launcher's own entry is no interpreter.
                if company == "PyLauncher":
                    continue

                with winreg.OpenKey(root, company) as tags:
                    paths = [_executable(tags, tag) for tag in reversed(_children(tags))]

                found.update((path, None) for path in paths if path)

        return list(found)

    def _children(key: winreg.HKEYType) -> list[str]:
        return [winreg.EnumKey(key, index) for index in range(winreg.QueryInfoKey(key)[0])]

    def _executable(tags: winreg.HKEYType, tag: str) -> str | None:
        try:
            with winreg.OpenKey(tags, rf"{tag}\InstallPath") as place:
                return str(winreg.QueryValueEx(place, "ExecutablePath")[0])
        except OSError:
            return None

else:

    def registered_executables() -> list[str]:
        """Return nothing: only Windows has a registry."""
        return []
