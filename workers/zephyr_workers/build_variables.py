"""The environment variables of a build: secrets out, what compilers are told in. Pure.

A deny-list, because an allow-list would break what people set for their builds (CFLAGS,
PKG_CONFIG_PATH, SETUPTOOLS_SCM_PRETEND_VERSION, proxies...). What it takes away is also what may never
be seen in a build's log (`secret_values`).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRET_NAME = re.compile(
    r"TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SIGNING_?KEY"
    r"|(^|_)(AUTH|PASS|PWD|JWT|COOKIE)(_|$)"
)
_SECRET_PREFIXES = ("AWS_", "AZURE_", "TWINE_", "ZEPHYR_INDEX_", "PIP_INDEX", "UV_INDEX", "UV_PUBLISH_")
_CLEARED_PREFIXES = ("PYTHON", "PIP_", "UV_", "ZEPHYR_", "POETRY_", "PDM_", "XDG_", "_PYPROJECT_HOOKS_")
_CLEARED_NAMES = frozenset(
    {
        "CONDA_PREFIX",  # a build finds its tools in its own environment
        "GIT_DIR",  # set inside git hooks: a build would read another repository's history
        "GIT_INDEX_FILE",
        "GIT_WORK_TREE",
        "NETRC",
        "OLDPWD",
        "PWD",  # the shell's current folder, not the build's; its name is not a secret
        "VIRTUAL_ENV",
        "VIRTUAL_ENV_PROMPT",
        "__PYVENV_LAUNCHER__",
    }
)
_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "NO_PROXY"})
_LOGIN_IN_URL = re.compile(r"://([^/\s]*)@")
_SHORTEST_SECRET = 6
"""Shorter values are words of any output ("1", "true", "admin")."""


def build_variables(
    environment: Mapping[str, str], *, python: str, home: str, temporary: str
) -> dict[str, str]:
    """Return the variables of a build that runs ``python`` with the folders ``home`` and ``temporary``.

    The folder of ``python`` comes first in PATH. The caches of cargo, rustup, ccache and sccache stay
    where the user has them, whatever HOME the build sees.
    """
    kept = {name: value for name, value in environment.items() if not _is_cleared(name, value)}
    scripts = os.path.dirname(python)
    path = environment.get("PATH", os.defpath)

    return {
        **kept,
        **compiler_caches(environment),
        "PATH": os.pathsep.join((scripts, path)),
        "VIRTUAL_ENV": os.path.dirname(scripts),
        "HOME": home,
        "USERPROFILE": home,
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary),
        "NO_COLOR": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",  # what is written is seen: a build is not idle while it talks
    }


def secret_values(environment: Mapping[str, str]) -> frozenset[str]:
    """Return the values that a build's output may not show, as they would be spelled there."""
    secrets = {value for name, value in environment.items() if _is_secret(name, value)}

    for value in environment.values():
        for login in _LOGIN_IN_URL.findall(value):
            secrets |= {login, login.partition(":")[2]}

    return frozenset(secret.strip() for secret in secrets if len(secret.strip()) >= _SHORTEST_SECRET)


def compiler_caches(environment: Mapping[str, str]) -> dict[str, str]:
    """Return where the tools that keep things in the home folder have them: variable to folder."""
    home = environment.get("HOME") or os.path.expanduser("~")
    caches = environment.get("XDG_CACHE_HOME") or f"{home}/.cache"
    defaults = {
        "CARGO_HOME": f"{home}/.cargo",
        "RUSTUP_HOME": f"{home}/.rustup",
        "CCACHE_DIR": f"{caches}/ccache",
        "SCCACHE_DIR": f"{caches}/sccache",
    }

    return {name: environment.get(name) or folder for name, folder in defaults.items()}


def _is_cleared(name: str, value: str) -> bool:
    upper = name.upper()

    return upper in _CLEARED_NAMES or upper.startswith(_CLEARED_PREFIXES) or _is_secret(name, value)


def _is_secret(name: str, value: str) -> bool:
    upper = name.upper()

    if upper in _PROXIES or upper in _CLEARED_NAMES:
        return False

    return bool(
        _SECRET_NAME.search(upper) or upper.startswith(_SECRET_PREFIXES) or _LOGIN_IN_URL.search(value)
    )
