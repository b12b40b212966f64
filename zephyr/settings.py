"""Where options come from when the command line does not give them.

The order, first wins: flags, ``ZEPHYR_<OPTION>`` variables, the user's ``zephyr.toml``, pip's
environment variables, pip's configuration files, the default. Flags and ``ZEPHYR_*`` are the command
line's own business (`variable_of` names the variable); this module reads the rest and holds the one
public address that Zephyr must know.

Of pip's settings only those in `PIP_OPTIONS` are read: where packages come from and how the network
is reached. The others mean something to pip alone (its cache folder, for one).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from zephyr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

DEFAULT_INDEX_URL = "https://" + ".".join(("pypi", "org")) + "/simple/"

PIP_OPTIONS = {
    "index-url": "index-url",
    "extra-index-url": "extra-index-url",
    "find-links": "find-links",
    "no-index": "no-index",
    "trusted-host": "trusted-host",
    "cert": "cert",
    "client-cert": "client-cert",
    "proxy": "proxy",
    "timeout": "timeout",
    "default-timeout": "timeout",
    "retries": "retries",
}
"""pip's option to ours."""

SEVERAL_VALUES = frozenset({"extra-index-url", "find-links", "trusted-host"})
FLAGS = frozenset({"no-index"})
TABLES = frozenset({"mirror"})
"""The options whose values are pairs: tables of texts in the user's file."""

_TRUE = frozenset({"1", "true", "yes", "on", "t", "y"})
_FALSE = frozenset({"", "0", "false", "no", "off", "f", "n"})


def variable_of(option: str) -> str:
    """Return the environment variable of an option: ``--index-url`` is ``ZEPHYR_INDEX_URL``."""
    return "ZEPHYR_" + option.lstrip("-").upper().replace("-", "_")


def configured_options(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the options that files and pip's own settings give, by option name without dashes.

    Values are as the command line wants them: text, a list of texts, or a bool.
    Raises `UsageError` (``settings-file``) naming the file for one that cannot be read or understood.
    """
    options: dict[str, Any] = {}

    for _, path in pip_files(environ):
        options.update(pip_file_options(path))

    options.update(_pip_variables(environ))
    options.update(user_file_options(user_file(environ)))

    return options


def refuse_unknown_options(
    options: Iterable[str], known: Collection[str], environ: Mapping[str, str]
) -> None:
    """Raise `UsageError` (``settings-unknown``) for a name in the user's file that no command has.

    A misspelled ``index-url`` would otherwise be left out without a word, and packages come from elsewhere.
    """
    for name in options:
        if name not in known:
            import difflib

            nearest = difflib.get_close_matches(name, known, n=1)
            raise UsageError(
                f"{user_file(environ)}: there is no option named {name}",
                hint=f"Is {nearest[0]} meant?" if nearest else "Options go by their long names.",
                id="settings-unknown",
            )


def user_file(environ: Mapping[str, str]) -> str:
    """Return the path of the user's own settings file (it need not exist)."""
    if given := environ.get("ZEPHYR_CONFIG_FILE"):
        return given

    from platformdirs import user_config_path

    return str(user_config_path("zephyr", appauthor=False) / "zephyr.toml")


def default_cache_folder() -> str:
    """Return the user's cache folder for Zephyr; never a folder of the project."""
    from platformdirs import user_cache_path

    return str(user_cache_path("zephyr", appauthor=False))


def data_folder(environ: Mapping[str, str]) -> str:
    """Return the user's data folder for Zephyr: ``ZEPHYR_DATA_DIR``, else the system's place for it."""
    if given := environ.get("ZEPHYR_DATA_DIR"):
        return os.path.abspath(os.path.expanduser(given))

    from platformdirs import user_data_path

    return str(user_data_path("zephyr", appauthor=False))


def user_file_options(path: str) -> dict[str, Any]:
    """Return the options that the user's file gives; none where it is missing.

    Raises `UsageError` (``settings-file``).
    """
    import tomllib

    try:
        with open(path, "rb") as file:
            document = tomllib.load(file)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"Cannot read the settings file {path}: {error}", id="settings-file") from error

    return {name.replace("_", "-"): _option_value(path, name, value) for name, value in document.items()}


def _option_value(path: str, name: str, value: Any) -> Any:  # noqa: ANN401 - any TOML value
    """Return a value as the command line wants it: of a table a list of ``key=value``."""
    if not isinstance(value, dict):
        return value

    pairs = cast("dict[str, object]", value)

    if name not in TABLES or not all(isinstance(text, str) for text in pairs.values()):
        raise UsageError(f"{path}: {name} is a table, an option was expected", id="settings-file")

    return [f"{key}={text}" for key, text in pairs.items()]


def pip_files(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield pip's configuration files, weakest first, as kind (pip's word for it) and path.

    They need not exist. None are read where ``PIP_CONFIG_FILE`` is the null device.
    """
    given = environ.get("PIP_CONFIG_FILE")

    if given == os.devnull:
        return

    home = os.path.expanduser("~")

    if os.name == "nt":
        yield "global", os.path.join(environ.get("PROGRAMDATA", "C:\\ProgramData"), "pip", "pip.ini")
        yield "user", os.path.join(home, "pip", "pip.ini")
        yield "user", os.path.join(environ.get("APPDATA", home), "pip", "pip.ini")
    else:
        for folder in reversed(environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")):
            yield "global", os.path.join(folder, "pip", "pip.conf")

        configuration = environ.get("XDG_CONFIG_HOME", os.path.join(home, ".config"))
        yield "global", "/etc/pip.conf"
        yield "user", os.path.join(home, ".pip", "pip.conf")
        yield "user", os.path.join(configuration, "pip", "pip.conf")

    if environment := environ.get("VIRTUAL_ENV"):
        yield "site", os.path.join(environment, "pip.ini" if os.name == "nt" else "pip.conf")

    if given:
        yield "env", given


def pip_file_options(path: str) -> dict[str, Any]:
    """Return the options that one of pip's files gives, by our names; none where it is missing.

    Raises `UsageError` (``settings-file``).
    """
    import configparser

    parser = configparser.RawConfigParser(strict=False)

    try:
        if not parser.read(path, encoding="utf-8"):
            return {}
    except (configparser.Error, UnicodeDecodeError) as error:
        raise UsageError(
            f"Cannot understand pip's configuration file {path}: {str(error).splitlines()[0]}",
            hint="Mend the file, or set PIP_CONFIG_FILE to /dev/null to leave pip's files out.",
            id="settings-file",
        ) from error

    options: dict[str, Any] = {}

    for section in ("global", "install"):
        if parser.has_section(section):
            for name, value in parser.items(section):
                options.update(_pip_option(name.replace("_", "-"), value))

    return options


def _pip_variables(environ: Mapping[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = {}

    for variable, value in sorted(environ.items()):
        if variable.startswith("PIP_"):
            options.update(_pip_option(variable[4:].lower().replace("_", "-"), value))

    return options


def _pip_option(name: str, value: str) -> dict[str, Any]:
    option = PIP_OPTIONS.get(name)

    if option is None:
        return {}

    if option in SEVERAL_VALUES:
        return {option: value.split()}

    if option in FLAGS:
        return {option: truth(value, f"pip's {name}")}

    return {option: value.strip()} if value.strip() else {}


def truth(value: str, where: str) -> bool:
    """Understand a yes-or-no text; raises `UsageError` (``settings-value``) naming ``where``."""
    text = value.strip().lower()

    if text in _TRUE:
        return True

    if text in _FALSE:
        return False

    raise UsageError(f"{where} is {value!r}, yes or no was expected", id="settings-value")
