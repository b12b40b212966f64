"""Which of pip's settings are read, and what they are here. Pure.

The others concern pip alone: its cache folder holds another format, and it asks itself whether it is new.
"""

from __future__ import annotations

from zephyr.errors import UsageError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

_TEXTS = frozenset(
    {
        "cert",
        "client-cert",
        "dest",
        "exclude-newer",
        "implementation",
        "index-url",
        "keyring-provider",
        "log",
        "prefix",
        "progress-bar",
        "proxy",
        "python",
        "python-version",
        "report",
        "retries",
        "root",
        "root-user-action",
        "src",
        "target",
        "timeout",
        "upgrade-strategy",
        "wheel-dir",
    }
)
_SEVERAL = frozenset(
    {
        "abi",
        "all-releases",
        "build-constraint",
        "config-settings",
        "constraint",
        "extra-index-url",
        "find-links",
        "no-binary",
        "only-binary",
        "only-final",
        "platform",
        "refresh-package",
        "requirement",
        "trusted-host",
    }
)
_FLAGS = frozenset(
    {
        "break-system-packages",
        "check-build-dependencies",
        "compile-bytecode",
        "dry-run",
        "ignore-installed",
        "ignore-requires-python",
        "no-build-isolation",
        "no-cache",
        "no-color",
        "no-deps",
        "no-index",
        "no-input",
        "no-proxy-env",
        "no-require-hashes",
        "no-warn-conflicts",
        "only-deps",
        "pre",
        "prefer-binary",
        "reinstall",
        "require-hashes",
        "require-virtualenv",
        "upgrade",
        "user",
        "yes",
    }
)
_COUNTS = frozenset({"quiet", "verbose"})
_OTHER_NAMES = {
    "compile": "compile-bytecode",
    "default-timeout": "timeout",
    "destination-dir": "dest",
    "destination-directory": "dest",
    "force-reinstall": "reinstall",
    "local-log": "log",
    "log-file": "log",
    "no-cache-dir": "no-cache",
    "no-dependencies": "no-deps",
    "only-dependencies": "only-deps",
    "pypi-url": "index-url",
    "require-venv": "require-virtualenv",
    "source": "src",
    "source-dir": "src",
    "source-directory": "src",
    "uploaded-prior-to": "exclude-newer",
}
"""pip's names of what goes by another one here."""

_INVERTED = {"no-compile": "compile-bytecode"}

EVERYWHERE = frozenset(
    {
        "cert",
        "client-cert",
        "extra-index-url",
        "find-links",
        "index-url",
        "no-index",
        "proxy",
        "retries",
        "timeout",
        "trusted-host",
    }
)
"""Our names of what pip's settings for ``install`` say to every command: where packages come from."""

OF_COMMANDS = {
    "algorithm": ("hash",),
    "all": ("freeze",),
    "editable": ("install", "list", "lock", "wheel"),
    "exclude": ("freeze", "list"),
    "exclude-editable": ("freeze", "list"),
    "files": ("show",),
    "format": ("list",),
    "group": ("download", "install", "lock", "wheel"),
    "include-editable": ("list",),
    "json": ("versions",),
    "local": ("freeze", "inspect", "list"),
    "not-required": ("list",),
    "outdated": ("list",),
    "output": ("lock",),
    "path": ("freeze", "inspect", "list"),
    "requirements-from-script": ("download", "install", "lock", "wheel"),
    "uptodate": ("list",),
}
"""Options that only some of pip's commands have, by those: others here mean something else by the name."""

_TRUE = frozenset({"1", "true", "yes", "on", "t", "y"})
_FALSE = frozenset({"", "0", "false", "no", "off", "f", "n"})


def pip_option(name: str, value: str) -> dict[str, Any]:
    """Return one of pip's settings by our name, empty for one that is not read.

    Values are as the command line wants them: text, a list of texts, a bool, or how often a flag is given;
    of `OF_COMMANDS` the text, as one command may take for a flag what is a path to another. Raises
    `UsageError` (``settings-value``).
    """
    if name in _INVERTED:
        return {_INVERTED[name]: not truth(value, f"pip's {name}")}

    option = _OTHER_NAMES.get(name, name)

    if option in _SEVERAL:
        return {option: value.split()}

    if option in _FLAGS:
        return {option: truth(value, f"pip's {name}")}

    if option in _COUNTS:
        return {option: _count(value, f"pip's {name}")}

    if option in _TEXTS or option in OF_COMMANDS:
        return {option: value.strip()} if value.strip() else {}

    return {}


def truth(value: str, where: str) -> bool:
    """Understand a yes-or-no text; raises `UsageError` (``settings-value``) naming ``where``."""
    text = value.strip().lower()

    if text in _TRUE:
        return True

    if text in _FALSE:
        return False

    raise UsageError(f"{where} is {value!r}, yes or no was expected", id="settings-value")


def _count(value: str, where: str) -> int:
    return int(value) if value.strip().isdecimal() else int(truth(value, where))
