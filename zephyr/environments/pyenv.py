"""pyenv's versions, and which of them one of its shims would run.

A shim is a shell script that looks at variables and files to choose a version, then runs it. Following
its rules here is a hundred times faster than running it; where they say nothing plain, it is run.
"""

from __future__ import annotations

import os

from zephyr.environments.surroundings import home_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.environments.surroundings import Surroundings


def pyenv_root(environ: Mapping[str, str]) -> str | None:
    """Return the folder that holds pyenv's ``versions``, None without pyenv."""
    home = home_of(environ)
    root = environ.get("PYENV_ROOT") or (os.path.join(home, ".pyenv") if home else None)

    return root if root and os.path.isdir(os.path.join(root, "versions")) else None


def pyenv_executables(environ: Mapping[str, str]) -> list[str]:
    """Return the interpreters of pyenv's versions, newest version first."""
    root = pyenv_root(environ)

    if root is None:
        return []

    versions = os.path.join(root, "versions")
    names = sorted(os.listdir(versions), key=_by_version, reverse=True)
    paths = (os.path.join(versions, name, "bin", "python") for name in names)

    return [path for path in paths if os.path.isfile(path)]


def _by_version(name: str) -> tuple[bool, list[int], str]:
    import re

    return name[:1].isdigit(), [int(number) for number in re.findall(r"\d+", name)], name


def is_shim(path: str) -> bool:
    """Return whether ``path`` is one of pyenv's shims."""
    folder, shims = os.path.split(os.path.dirname(path))

    return shims == "shims" and os.path.isdir(os.path.join(folder, "versions"))


def resolve_shim(path: str, surroundings: Surroundings) -> str | None:
    """Return what the shim at ``path`` would run here, None where only running it can tell."""
    root = os.path.dirname(os.path.dirname(path))
    name = os.path.basename(path)

    for version in _chosen_versions(root, surroundings):
        if version == "system":
            places = [folder for folder in surroundings.search_path if folder != os.path.dirname(path)]
        else:
            places = [os.path.join(root, "versions", version, "bin")]

            # A prefix ("3.12") or a name that a plugin knows: pyenv's own business.
            if not os.path.isdir(places[0]):
                return None

        for place in places:
            if os.access(found := os.path.join(place, name), os.X_OK):
                return found

    return None


def _chosen_versions(root: str, surroundings: Surroundings) -> list[str]:
    if chosen := surroundings.environ.get("PYENV_VERSION"):
        return chosen.split(":")

    folder = surroundings.folder
    places = [folder]

    while (parent := os.path.dirname(folder)) != folder:
        places.append(parent)
        folder = parent

    files = [os.path.join(place, ".python-version") for place in places]

    for file in (*files, os.path.join(root, "version")):
        if (lines := read_version_file(file)) is not None:
            return lines or ["system"]

    return ["system"]


def read_version_file(path: str) -> list[str] | None:
    """Return the words of a ``.python-version`` file, comments left out, None where there is no such file."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(4096)
    except OSError:
        return None

    lines = (line.partition("#")[0].split() for line in text.splitlines())

    return [word for line in lines for word in line[:1]]
