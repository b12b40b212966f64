"""Where options come from when the command line does not give them.

The order, first wins: flags, ``ZEPHYR_<OPTION>`` variables, the user's ``zephyr.toml``, pip's
environment variables, pip's configuration files, the default. Flags and ``ZEPHYR_*`` are the command
line's own business (`variable_of` names the variable); this module reads the rest and holds the one
public address that Zephyr must know.

Which of pip's settings are read is said in `zephyr.pip_options`.
"""

from __future__ import annotations

import os
import sys

from zephyr.errors import UsageError
from zephyr.pip_options import EVERYWHERE, OF_COMMANDS, pip_option

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import Any

DEFAULT_INDEX_URL = "https://" + ".".join(("pypi", "org")) + "/simple/"

USER_FOLDERS = {
    "cache": ("XDG_CACHE_HOME", ".cache"),
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
}
"""Of each kind of folder the variable that names it, and where it is below the home folder without that."""

TABLES = frozenset({"mirror"})
"""The options whose values are pairs: tables of texts in the user's file."""


def variable_of(option: str) -> str:
    """Return the environment variable of an option: ``--index-url`` is ``ZEPHYR_INDEX_URL``."""
    return "ZEPHYR_" + option.lstrip("-").upper().replace("-", "_")


def configured_options(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the options that files and pip's own settings give, by option name without dashes.

    What one of pip's files says to a single command has that command's name before it: ``install.user``.
    Values are as the command line wants them: text, a list of texts, a bool, or how often a flag is given.
    Raises `UsageError` (``settings-file``) naming the file for one that cannot be read or understood.
    """
    options: dict[str, Any] = {}

    for _, path in pip_files(environ):
        options.update(pip_file_options(path))

    for stronger in (_pip_variables(environ), user_file_options(user_file(environ))):
        weaker = {name: value for name, value in options.items() if name.rpartition(".")[2] not in stronger}
        options = weaker | stronger

    return options


def refuse_unknown_options(
    options: Iterable[str], known: Collection[str], environ: Mapping[str, str]
) -> None:
    """Raise `UsageError` (``settings-unknown``) for a name in the user's file that no command has.

    A misspelled ``index-url`` would otherwise be left out without a word, and packages come from elsewhere.
    """
    for name in options:
        # Of pip's settings those of a single command are not looked at: pip has commands of its own.
        if name not in known and "." not in name:
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

    return os.path.join(user_folder("config"), "zephyr.toml")


def default_cache_folder() -> str:
    """Return the user's cache folder for Zephyr; never a folder of the project."""
    return user_folder("cache")


def data_folder(environ: Mapping[str, str]) -> str:
    """Return the user's data folder for Zephyr: ``ZEPHYR_DATA_DIR``, else the system's place for it."""
    if given := environ.get("ZEPHYR_DATA_DIR"):
        return os.path.abspath(os.path.expanduser(given))

    return user_folder("data")


def user_folder(kind: str) -> str:
    """Return the user's folder for Zephyr of one of the kinds in `USER_FOLDERS`, as platformdirs has it."""
    variable, usual = USER_FOLDERS[kind]
    given, home = os.environ.get(variable, ""), os.environ.get("HOME", "")
    folder = given if given.startswith("/") else f"{home.rstrip('/')}/{usual}"

    # On Linux nearly everybody has plain folders, and needs not wait for an import to hear of them.
    if sys.platform == "linux" and home.startswith("/") and os.path.normpath(folder) == folder:
        return f"{folder}/zephyr"

    import platformdirs

    place: str = getattr(platformdirs, f"user_{kind}_dir")("zephyr", appauthor=False)

    return place


def user_file_options(path: str) -> dict[str, Any]:
    """Return the options that the user's file gives; none where it is missing.

    Raises `UsageError` (``settings-file``).
    """
    try:
        with open(path, "rb") as file:
            content = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise UsageError(f"Cannot read the settings file {path}: {error}", id="settings-file") from error

    import tomllib

    try:
        document = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"Cannot read the settings file {path}: {error}", id="settings-file") from error

    return {name.replace("_", "-"): _option_value(path, name, value) for name, value in document.items()}


def _option_value(path: str, name: str, value: Any) -> Any:  # noqa: ANN401 - any TOML value
    """Return a value as the command line wants it: of a table a list of ``key=value``."""
    if not isinstance(value, dict):
        return value

    pairs: dict[str, object] = value  # pyright: ignore[reportUnknownVariableType]

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
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        return {}

    import configparser

    parser = configparser.RawConfigParser(strict=False)

    try:
        parser.read_string(content.decode(), path)
    except (configparser.Error, UnicodeDecodeError) as error:
        raise UsageError(
            f"Cannot understand pip's configuration file {path}: {str(error).splitlines()[0]}",
            hint="Mend the file, or set PIP_CONFIG_FILE to /dev/null to leave pip's files out.",
            id="settings-file",
        ) from error

    options: dict[str, Any] = {}

    for section in sorted(parser.sections(), key=lambda section: section != "global"):
        for name, value in parser.items(section):
            for option, understood in pip_option(name.replace("_", "-"), value).items():
                if section == "global" or (section == "install" and option in EVERYWHERE):
                    options.update(_for_commands(option, understood))
                else:
                    options[f"{section}.{option}"] = understood

    return options


def _pip_variables(environ: Mapping[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = {}

    for variable, value in sorted(environ.items()):
        if variable.startswith("PIP_"):
            for option, understood in pip_option(variable[4:].lower().replace("_", "-"), value).items():
                options.update(_for_commands(option, understood))

    return options


def _for_commands(option: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - as `pip_option` has it
    """Return an option under its own name, or that of each command that it is for."""
    commands = OF_COMMANDS.get(option)

    return {option: value} if commands is None else {f"{command}.{option}": value for command in commands}
