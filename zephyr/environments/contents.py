"""What is in an environment: ``pyvenv.cfg`` (PEP 405), the interpreter's names, activation scripts."""

from __future__ import annotations

import os

import zephyr
from zephyr.environments.activation import activation_scripts
from zephyr.environments.errors import InvalidEnvironmentPath
from zephyr.environments.layout import CONFIGURATION, executable_names
from zephyr.environments.making import Contents

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr.model.environment import Environment
    from zephyr.model.interpreter import Interpreter


def contents_of(environment: Environment, prompt: str, *, system_site_packages: bool) -> Contents:
    """Return what is to be in ``environment``; raises InvalidEnvironmentPath for a base it cannot lean on."""
    interpreter = environment.interpreter
    inside = len(environment.root) + 1
    scripts = environment.scheme.scripts[inside:]
    activation = activation_scripts(environment.root, prompt, scripts)
    settings = configuration(interpreter, prompt, system_site_packages=system_site_packages)
    texts = {
        **{os.path.join(scripts, name): text for name, text in activation.items()},
        ".gitignore": "*\n",
        CONFIGURATION: settings,
    }
    is_windows = interpreter.platform == "nt"

    return Contents(
        folders=(*_with_parents(scripts), *_with_parents(environment.scheme.purelib[inside:])),
        links=() if is_windows else links_of(interpreter, scripts),
        copies=launchers_of(interpreter, scripts) if is_windows else (),
        files=tuple([(path, encoded(text)) for path, text in texts.items()]),
    )


def _with_parents(folder: str) -> list[str]:
    """Return a relative path and all above it, the highest first."""
    parent = os.path.dirname(folder)

    return [*(_with_parents(parent) if parent else ()), folder]


def encoded(text: str) -> bytes:
    """Return ``text`` as it is; names that are not UTF-8 keep their bytes."""
    return text.encode("utf-8", "surrogateescape")


def configuration(interpreter: Interpreter, prompt: str, *, system_site_packages: bool) -> str:
    """Return the text of ``pyvenv.cfg``: PEP 405's keys, and those by which other tools know the base."""
    version = interpreter.version
    values = {
        "home": os.path.dirname(interpreter.base_executable),
        "implementation": interpreter.markers["platform_python_implementation"],
        "version": version,
        "version_info": version,
        "include-system-site-packages": "true" if system_site_packages else "false",
        "base-prefix": interpreter.base_prefix,
        "base-executable": interpreter.base_executable,
        "prompt": storable(prompt),
        "zephyr": zephyr.__version__,
    }

    for value in values.values():
        if value != storable(value):
            raise InvalidEnvironmentPath(
                f"No environment can lean on a Python at {value!r}: pyvenv.cfg takes one line of UTF-8",
                hint="Name another Python with --python.",
            )

    return "".join(f"{key} = {value}\n" for key, value in values.items())


def storable(text: str) -> str:
    """Return ``text`` as ``pyvenv.cfg`` can hold it: Python fails to start on bytes that are not UTF-8."""
    return " ".join(text.encode("utf-8", "replace").decode().splitlines())


def links_of(interpreter: Interpreter, scripts: str) -> tuple[tuple[str, str], ...]:
    """Return the links: ``python`` to the base, its other names to that, ``lib64`` to ``lib``."""
    names = executable_names(
        interpreter.implementation,
        interpreter.minor,
        interpreter.platform,
        free_threaded=interpreter.free_threaded,
    )
    others = [(f"{scripts}/{name}", "python") for name in names if name != "python"]
    wide = [("lib64", "lib")] if has_lib64(interpreter) else []

    return ((f"{scripts}/python", interpreter.base_executable), *others, *wide)


def launchers_of(interpreter: Interpreter, scripts: str) -> tuple[tuple[str, str], ...]:
    """Return the launchers that Windows Pythons bring for environments; they start the ``home`` Python.

    Their names changed in 3.13 (``python.exe`` to ``venvlauncher.exe``), their place did not.
    """
    folder = os.path.join(interpreter.standard_library, "venv", "scripts", "nt")
    free_threaded = "t" if interpreter.free_threaded else ""
    launchers: list[tuple[str, str]] = []

    for target, window in (("python.exe", ""), ("pythonw.exe", "w")):
        candidates = (f"venv{window}launcher{free_threaded}.exe", target)
        found = next((name for name in candidates if os.path.isfile(os.path.join(folder, name))), target)
        launchers.append((os.path.join(scripts, target), os.path.join(folder, found)))

    return tuple(launchers)


def has_lib64(interpreter: Interpreter) -> bool:
    """Return whether ``lib64`` links to ``lib``: on 64-bit Unix other than macOS, as in venv."""
    system = interpreter.markers["sys_platform"]
    narrow = ("i686", "i386", "armv7l", "armv8l", "armv6l")

    return system != "darwin" and not any(tag.endswith(narrow) for tag in interpreter.tags[:1])
