"""From one interpreter to its relatives, without asking them.

A new environment's facts follow from its base's, and so do those of another Python version on the same
platform.
"""

from __future__ import annotations

import os

from zephyr.dataclass import replace
from zephyr.environments.errors import InvalidPythonRequest
from zephyr.environments.layout import (
    environment_scheme,
    executable_names,
    executable_of,
    library_name,
)
from zephyr.environments.tags import cpython_abis, platforms_of, wheel_tags

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr.model.interpreter import Interpreter


def version_pair(minor: str) -> tuple[int, int]:
    """Return ``3.12`` as numbers."""
    major, _, rest = minor.partition(".")

    return int(major), int(rest)


def find_base(home: str | None, names: tuple[str, ...]) -> str | None:
    """Return the interpreter in the folder ``home``: the first of ``names`` that is there."""
    if not home:
        return None

    paths = (os.path.join(home, name) for name in names)

    return next((path for path in paths if os.path.isfile(path)), None)


def base_of(interpreter: Interpreter) -> str:
    """Return the executable that new environments lean on: the base's, links followed just far enough.

    ``pyvenv.cfg`` names the folder of this file as ``home``, and Python looks for its standard library
    from there: the folder must lie in the installation itself, not merely link into it. Within that,
    the shortest road is kept (``/opt/python/bin`` and not the version that it links to today).
    """
    path = interpreter.base_executable
    names = executable_names(
        interpreter.implementation,
        interpreter.minor,
        interpreter.platform,
        free_threaded=interpreter.free_threaded,
    )

    for _ in range(40):
        folder = os.path.dirname(path)

        if interpreter.platform == "nt" or os.path.dirname(folder) == interpreter.base_prefix:
            return find_base(folder, names) or path

        if not os.path.islink(path):
            break

        path = os.path.normpath(os.path.join(folder, os.readlink(path)))

    path = os.path.realpath(path)

    return find_base(os.path.dirname(path), names) or path


def in_environment(base: Interpreter, root: str, base_executable: str) -> Interpreter:
    """Return the facts of the environment at ``root`` (absolute) made from ``base``."""
    library = library_name(base.implementation, base.minor, free_threaded=base.free_threaded)
    platform_library = "lib64" if "/lib64/" in base.scheme.platlib else "lib"

    return replace(
        base,
        executable=executable_of(root, base.platform),
        prefix=root,
        base_executable=base_executable,
        scheme=environment_scheme(root, base.platform, library, base.minor, platform_library),
        externally_managed=None,
    )


def python_release(version: str) -> tuple[str, str]:
    """Return the minor and the full version that ``--python-version`` means: ``3.9`` is ``3.9.0``.

    Raises:
        InvalidPythonRequest: ``version`` is not of that form.

    """
    import re

    found = re.fullmatch(r"(3\.\d+)(\.\d+)?((?:a|b|rc)\d+)?", version)

    if found is None:
        raise InvalidPythonRequest(
            f"--python-version {version!r} is not a Python version",
            hint="Give it as X.Y or X.Y.Z, for example 3.12.",
        )

    minor, patch, pre = found.groups(default="")

    return minor, f"{minor}{patch or '.0'}{pre}"


def for_python_version(interpreter: Interpreter, version: str) -> Interpreter:
    """Return the facts of Python ``version`` (``3.9`` or ``3.9.7``) on the platform of ``interpreter``.

    Markers and tags are those of that version; the folders stay, because nothing can be installed with
    the result, only resolved for.

    Raises:
        InvalidPythonRequest: ``version`` is not of that form.

    """
    minor, full = python_release(version)
    markers = {**interpreter.markers, "python_version": minor, "python_full_version": full}

    if interpreter.implementation == "cpython":
        markers["implementation_version"] = full

    pair = version_pair(minor)
    first_abi = interpreter.tags[0].split("-")[1]

    if interpreter.implementation == "cpython":
        threaded = interpreter.free_threaded and pair >= (3, 13)
        abis = cpython_abis(pair, debug=first_abi.endswith("d"), free_threaded=threaded)
    else:
        abis = [first_abi.replace(interpreter.minor.replace(".", ""), minor.replace(".", ""), 1)]

    return replace(
        interpreter,
        version=full,
        markers=markers,
        tags=wheel_tags(interpreter.implementation, pair, abis, platforms_of(interpreter.tags)),
        cache_tag=interpreter.cache_tag.replace(
            interpreter.minor.replace(".", ""), minor.replace(".", ""), 1
        ),
    )
