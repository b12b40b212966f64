"""How each tool is told to do each piece of work: command lines with places to fill in.

``{venv}`` an environment's folder, ``{project}`` a folder with a pyproject.toml (the working folder of every
command), ``{cache}`` the tool's cache, ``{index}`` the index's address, ``{requirements}`` a file of names,
``{locked}`` one of exact versions, ``{pylock}`` the same as PEP 751 with addresses and hashes, ``{added}``
one name, ``{out}`` a file for the answer, ``{python}`` the interpreter, ``{zephyr_python}`` the one that runs
Zephyr, ``{home}`` a folder of the tool's own.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PIP = "{venv}/bin/python -m pip"
ZEPHYR = "--cache-dir {cache} --index-url {index}"
UV = "--cache-dir {cache} --default-index {index}"
PIPS = "--cache-dir {cache} --index-url {index}"

VERBS: Mapping[str, Mapping[str, str]] = {
    "version": {
        "python": "{zephyr_python} -c pass",
        "zephyr": "{zephyr} --version",
        "uv": "{uv} --version",
        "pip": "{pip} --version",
        "poetry": "{poetry} --version",
        "pdm": "{pdm} --version",
    },
    "help": {
        "zephyr": "{zephyr} --help",
        "uv": "{uv} --help",
        "pip": "{pip} --help",
        "poetry": "{poetry} --help",
        "pdm": "{pdm} --help",
    },
    "venv": {
        "zephyr": "{zephyr} venv create -q --python {python} --cache-dir {cache} {venv}-new",
        "uv": "{uv} venv -q --python {python} --cache-dir {cache} {venv}-new",
        "python": "{python} -m venv --without-pip {venv}-new",
    },
    "install-names": {
        "zephyr": f"{{zephyr}} install -q --python {{venv}} -r {{requirements}} {ZEPHYR}",
        "uv": f"{{uv}} pip install -q --python {{venv}} -r {{requirements}} {UV}",
        "pip": f"{PIP} install -q -r {{requirements}} {PIPS}",
    },
    "install-lock": {
        "zephyr": f"{{zephyr}} install -q --python {{venv}} -r {{pylock}} {ZEPHYR}",
        "uv": f"{{uv}} pip install -q --python {{venv}} -r {{pylock}} {UV}",
        "pip": f"{PIP} install -q -r {{pylock}} {PIPS}",
    },
    "install-compiled": {
        "zephyr": f"{{zephyr}} install -q --compile-bytecode --python {{venv}} -r {{pylock}} {ZEPHYR}",
        "uv": f"{{uv}} pip install -q --compile-bytecode --python {{venv}} -r {{pylock}} {UV}",
        "pip": f"{PIP} install -q --compile -r {{pylock}} {PIPS}",
    },
    "install-list": {
        "zephyr": f"{{zephyr}} install -q --no-deps --python {{venv}} -r {{locked}} {ZEPHYR}",
        "uv": f"{{uv}} pip install -q --no-deps --python {{venv}} -r {{locked}} {UV}",
        "pip": f"{PIP} install -q --no-deps -r {{locked}} {PIPS}",
    },
    "plan": {
        "zephyr": f"{{zephyr}} install -q --dry-run --python {{venv}} -r {{pylock}} {ZEPHYR}",
        "uv": f"{{uv}} pip install -q --dry-run --python {{venv}} -r {{pylock}} {UV}",
    },
    "add": {
        "zephyr": f"{{zephyr}} install -q --python {{venv}} {{added}} {ZEPHYR}",
        "uv": f"{{uv}} pip install -q --python {{venv}} {{added}} {UV}",
        "pip": f"{PIP} install -q {{added}} {PIPS}",
    },
    "remove": {
        "zephyr": "{zephyr} uninstall -q -y --python {venv} --cache-dir {cache} {added}",
        "uv": "{uv} pip uninstall -q --python {venv} --cache-dir {cache} {added}",
        "pip": f"{PIP} uninstall -q -y {{added}}",
    },
    "resolve": {
        "zephyr": "{zephyr} install -q --dry-run --report {out} --python {venv} -r {requirements} " + ZEPHYR,
        "uv": f"{{uv}} pip compile -q --no-header --python {{python}} -o {{out}} {{requirements}} {UV}",
        "pip": f"{PIP} install -q --dry-run --ignore-installed --report {{out}} -r {{requirements}} {PIPS}",
    },
    "lock": {
        "zephyr": f"{{zephyr}} lock -q {ZEPHYR}",
        "uv": f"{{uv}} lock -q --python {{python}} {UV}",
        "poetry": "{poetry} lock -n -q",
        "pdm": "{pdm} lock -q",
    },
    "sync": {
        "zephyr": f"{{zephyr}} sync -q {ZEPHYR}",
        "uv": f"{{uv}} sync -q {UV}",
        "poetry": "{poetry} sync -n -q --no-root",
        "pdm": "{pdm} sync -q --no-self --clean",
    },
}
"""Verb and tool to the command."""

SOLVES = frozenset({"resolve", "plan"})
"""What is to be worked out anew each time, even if an earlier answer could be shown to hold."""

KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "NIX_LD")
"""Of the caller's environment nothing else reaches a tool: its settings would be in the figures."""


def tools_of(verb: str) -> frozenset[str]:
    """Return the tools that know a verb."""
    return frozenset(VERBS[verb])


def command(verb: str, tool: str, fillings: Mapping[str, str]) -> list[str]:
    """Return the command line of ``tool`` for ``verb``; raises KeyError where it has none."""
    return [part.format_map(fillings) for part in shlex.split(VERBS[verb][tool])]


def environment(
    verb: str, environ: Mapping[str, str], fillings: Mapping[str, str], certificate: str | None
) -> dict[str, str]:
    """Return the variables of a command; ``certificate`` is what TLS of the index is trusted by."""
    variables = {name: environ[name] for name in KEPT_VARIABLES if name in environ}
    variables |= {
        "HOME": fillings["home"],
        "TMPDIR": fillings["home"],
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        # pip keeps nothing in its cache that came over plain HTTP from a host that it is not told to trust.
        "PIP_TRUSTED_HOST": "127.0.0.1",
        "UV_NO_CONFIG": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "POETRY_CACHE_DIR": fillings["cache"],
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "POETRY_KEYRING_ENABLED": "false",
        "PDM_CACHE_DIR": fillings["cache"],
        "PDM_CHECK_UPDATE": "0",
        "PDM_IGNORE_SAVED_PYTHON": "0",
        "PDM_VENV_IN_PROJECT": "1",
    }

    if verb in SOLVES:
        variables["ZEPHYR_NO_MEMO"] = "1"

    if certificate is not None:
        variables |= dict.fromkeys(("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"), certificate)

    return variables
