"""Makes virtual environments (PEP 405) without running anything.

An environment is put together in a folder beside its place and renamed in, so that it is there as a
whole or not at all. Where a rename cannot be (the place is a mount point, or the current folder) it is
filled in place, ``pyvenv.cfg`` last: before that it is no environment.
"""

from __future__ import annotations

import contextlib
import errno
import os
from enum import Enum
from typing import TYPE_CHECKING

import zephyr
from zephyr.environments.activation import activation_scripts
from zephyr.environments.derivation import base_of, in_environment
from zephyr.environments.errors import (
    EnvironmentExistsError,
    EnvironmentUnwritableError,
    InvalidEnvironmentPathError,
    NotAnEnvironmentError,
)
from zephyr.environments.facts import remember
from zephyr.environments.identity import interpreter_identity
from zephyr.environments.layout import CONFIGURATION, executable_names
from zephyr.model.environment import Environment, EnvironmentKind

if TYPE_CHECKING:
    from collections.abc import Generator

    from zephyr.environments.facts import FactStore
    from zephyr.model.interpreter import Interpreter

STAGE_MARK = ".zephyr-"
UNMOVABLE = frozenset({errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS, errno.EINVAL})
"""What a rename answers for a mount point, the current folder of a process or a parent that is not ours."""


def create_environment(
    path: str,
    base: Interpreter,
    *,
    prompt: str | None = None,
    system_site_packages: bool = False,
    clear: bool = False,
    store: FactStore | None = None,
) -> Environment:
    """Make a virtual environment of ``base`` at ``path`` and return it.

    ``base`` may itself belong to an environment: then that one's base is used. ``prompt`` is the name
    that activation shows (default: the folder's). With ``clear`` an environment that is there already is
    replaced, everything in it included. The facts of the new interpreter go to ``store``.

    Raises:
        EnvironmentExistsError: there is an environment and ``clear`` is not given.
        NotAnEnvironmentError: there is something else, which is never touched.
        InvalidEnvironmentPathError: no environment can work at ``path``.
        EnvironmentUnwritableError: the file system refuses.

    """
    # Through a link to an environment that one is meant; a link that leads nowhere is refused below.
    root = os.path.abspath(path)

    if os.path.islink(root) and os.path.exists(root):
        root = os.path.realpath(root)

    refuse_unusable(root, base.platform)
    place = examine(root, clear=clear)
    executable = base_of(base)
    interpreter = in_environment(base, root, executable)
    environment = Environment(EnvironmentKind.VIRTUAL, root, interpreter, interpreter.scheme)
    name = prompt or os.path.basename(root)

    try:
        with staging(root) as stage:
            write_environment(stage, environment, name, system_site_packages=system_site_packages)
            put_in_place(stage, root, place)
    except OSError as error:
        raise EnvironmentUnwritableError(
            f"cannot create the environment {root}: {error.strerror or error}",
            hint="choose another folder, or make this one writable",
            details=(str(error.filename),) if error.filename else (),
        ) from error

    if identity := interpreter_identity(interpreter.executable):
        remember(store, identity, interpreter)

    return environment


def refuse_unusable(root: str, platform: str) -> None:
    """Raise `InvalidEnvironmentPathError` for a path that ``PATH`` or ``pyvenv.cfg`` cannot hold."""
    separator = ";" if platform == "nt" else ":"

    if separator in root:
        raise InvalidEnvironmentPathError(
            f"no environment can be at {root!r}: {separator!r} separates the entries of PATH",
            hint="choose a path without it",
        )


class Place(Enum):
    """What is where the environment is to be."""

    FREE = "free"
    EMPTY = "empty"
    ENVIRONMENT = "environment"


def examine(root: str, *, clear: bool) -> Place:
    """Return what is at ``root``; raises as `create_environment` does for what may not be replaced."""
    if not os.path.lexists(root):
        return Place.FREE

    if not os.path.isdir(root):
        what = "a link that leads nowhere" if os.path.islink(root) else "a file"
        raise NotAnEnvironmentError(
            f"{root} is {what}, not an environment", hint="remove it yourself, or choose another path"
        )

    if os.path.isfile(os.path.join(root, CONFIGURATION)):
        if not clear:
            raise EnvironmentExistsError(
                f"there is an environment at {root} already",
                hint="use it as it is, or replace it and all that is installed in it with --clear",
            )

        return Place.ENVIRONMENT

    if os.listdir(root):
        raise NotAnEnvironmentError(
            f"{root} is not empty and not an environment: it is left alone",
            hint="choose another path, or remove the folder yourself",
        )

    return Place.EMPTY


@contextlib.contextmanager
def staging(root: str) -> Generator[str]:
    """Give an empty folder beside ``root``; whatever bears its name afterwards is removed.

    Where only ``root`` itself can be written (a volume, mounted empty) the folder is inside it.
    """
    parent, name = os.path.split(root)
    own = f".{name}{STAGE_MARK}{os.urandom(4).hex()}"
    stage = os.path.join(parent, own)

    try:
        os.makedirs(stage)
    except OSError:
        if not os.path.isdir(root):
            raise

        stage = os.path.join(root, own)
        os.mkdir(stage)

    try:
        yield stage
    finally:
        if os.path.lexists(stage):
            remove_tree(stage)


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
            raise InvalidEnvironmentPathError(
                f"no environment can lean on a Python at {value!r}: pyvenv.cfg takes one line of UTF-8",
                hint="name another Python with --python",
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


def put_in_place(stage: str, root: str, place: Place) -> None:
    """Make ``stage`` the folder ``root``; what was an environment there goes, all at once.

    Raises `EnvironmentExistsError` when somebody else has put something there meanwhile.
    """
    try:
        if place is Place.ENVIRONMENT:
            replace_environment(stage, root)
        elif place is Place.EMPTY:
            fill(stage, root)
        else:
            os.rename(stage, root)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise

        raise EnvironmentExistsError(
            f"something was put at {root} while the environment was being made",
            hint="look at it, then use it or replace it with --clear",
        ) from error


def replace_environment(stage: str, root: str) -> None:
    """Put ``stage`` in the place of the environment ``root``: by renames, or in place where none can be."""
    try:
        with trash(root):
            os.rename(stage, root)
    except OSError as error:
        if error.errno not in UNMOVABLE:
            raise

        empty(root, spare=stage)
        fill(stage, root)


@contextlib.contextmanager
def trash(root: str) -> Generator[None]:
    """Move ``root`` aside for what takes its place, back if that fails, and away at last."""
    with staging(root) as aside:
        old = os.path.join(aside, "old")
        os.rename(root, old)

        try:
            yield
        except BaseException:
            os.rename(old, root)
            raise


def empty(root: str, *, spare: str) -> None:
    """Remove what is in the environment ``root`` but for ``spare``, ``pyvenv.cfg`` first."""
    os.remove(os.path.join(root, CONFIGURATION))

    for entry in os.scandir(root):
        if entry.path == spare:
            continue

        if entry.is_dir(follow_symlinks=False):
            remove_tree(entry.path)
        else:
            os.remove(entry.path)


def fill(stage: str, root: str) -> None:
    """Move what is in ``stage`` into the empty folder ``root``, ``pyvenv.cfg`` last.

    Raises OSError (ENOTEMPTY) for a folder that holds anything but ``stage``.
    """
    if {*os.listdir(root)} - {os.path.basename(stage)}:
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), root)

    import shutil

    for name in sorted(os.listdir(stage), key=lambda name: name == CONFIGURATION):
        shutil.move(os.path.join(stage, name), os.path.join(root, name))


def remove_tree(folder: str) -> None:
    """Remove ``folder`` as far as possible: what is left of it is no environment."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
