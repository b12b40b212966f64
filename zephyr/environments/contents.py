"""What is in an environment: ``pyvenv.cfg`` (PEP 405), the interpreter's names, activation scripts."""

from __future__ import annotations

import os

import zephyr
from zephyr.environments.activation import activation_scripts
from zephyr.environments.errors import InvalidEnvironmentPath
from zephyr.environments.layout import CONFIGURATION, executable_names

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr.model.environment import Environment
    from zephyr.model.interpreter import Interpreter


def write_environment(
    stage: str, environment: Environment, prompt: str, *, system_site_packages: bool
) -> None:
    """Write into the folder ``stage`` what is to be the environment."""
    interpreter = environment.interpreter
    inside = len(environment.root)
    scripts = stage + environment.scheme.scripts[inside:]
    os.makedirs(scripts)
    os.makedirs(stage + environment.scheme.purelib[inside:])

    if interpreter.platform == "nt":
        copy_launchers(interpreter, scripts)
    else:
        link_interpreter(interpreter, scripts)

        if has_lib64(interpreter):
            os.symlink("lib", f"{stage}/lib64")

    texts = activation_scripts(environment.root, prompt, os.path.basename(scripts))

    for name, text in texts.items():
        write_text(os.path.join(scripts, name), text)

    write_text(os.path.join(stage, ".gitignore"), "*\n")
    write_text(
        os.path.join(stage, CONFIGURATION),
        configuration(interpreter, prompt, system_site_packages=system_site_packages),
    )


def write_text(path: str, text: str) -> None:
    """Write ``text`` as it is; names that are not UTF-8 keep their bytes."""
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)


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


def link_interpreter(interpreter: Interpreter, scripts: str) -> None:
    """Link the base's executable into ``scripts`` as ``python``, and its other names to that."""
    names = executable_names(
        interpreter.implementation,
        interpreter.minor,
        interpreter.platform,
        free_threaded=interpreter.free_threaded,
    )
    os.symlink(interpreter.base_executable, f"{scripts}/python")

    for name in names:
        if name != "python":
            os.symlink("python", f"{scripts}/{name}")


def copy_launchers(interpreter: Interpreter, scripts: str) -> None:
    """Copy the launchers that Windows Pythons bring for environments; they start the ``home`` Python.

    Their names changed in 3.13 (``python.exe`` to ``venvlauncher.exe``), their place did not.
    """
    import shutil

    folder = os.path.join(interpreter.standard_library, "venv", "scripts", "nt")
    free_threaded = "t" if interpreter.free_threaded else ""

    for target, window in (("python.exe", ""), ("pythonw.exe", "w")):
        candidates = (f"venv{window}launcher{free_threaded}.exe", target)
        found = next((name for name in candidates if os.path.isfile(os.path.join(folder, name))), target)
        shutil.copyfile(os.path.join(folder, found), os.path.join(scripts, target))


def has_lib64(interpreter: Interpreter) -> bool:
    """Return whether ``lib64`` links to ``lib``: on 64-bit Unix other than macOS, as in venv."""
    system = interpreter.markers["sys_platform"]
    narrow = ("i686", "i386", "armv7l", "armv8l", "armv6l")

    return system != "darwin" and not any(tag.endswith(narrow) for tag in interpreter.tags[:1])
