"""Facts about one Python interpreter and the folders that an installation goes to."""

from __future__ import annotations

from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Scheme:
    """The folders of one installation scheme, absolute (sysconfig's names; ``headers`` is per project)."""

    purelib: str
    platlib: str
    scripts: str
    headers: str
    """Parent of the folders named after each project."""
    data: str

    def folder(self, key: str, project: str) -> str:
        """Return where files of scheme key ``key`` go; the keys are the fields of this class."""
        if key == "headers":
            return f"{self.headers}/{project}"

        return str(getattr(self, key))


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What an interpreter said of itself, asked once and cached by the identity of its file."""

    executable: str
    """Absolute path as it is to be run and written into scripts: a venv's own ``bin/python``, unresolved."""
    version: str
    """Full, ``3.12.1``; ``3.15.0a1`` for a pre-release."""
    implementation: str
    """``cpython``, ``pypy``..."""
    markers: Mapping[str, str]
    """The environment markers of PEP 508, without ``extra``."""
    tags: tuple[str, ...]
    """Compatible wheel tags, ``cp312-cp312-manylinux_2_36_x86_64``..., best first."""
    prefix: str
    base_prefix: str
    base_executable: str
    scheme: Scheme
    """Of the interpreter itself (the environment's, in an environment)."""
    standard_library: str
    cache_tag: str
    """Of bytecode files, ``cpython-312``."""
    magic: str
    """Hexadecimal magic number of bytecode files."""
    platform: str = "posix"
    """``os.name``: ``posix`` or ``nt``."""
    externally_managed: str | None = None
    """The message of PEP 668's EXTERNALLY-MANAGED file (may be empty), None where there is none."""
    free_threaded: bool = False

    @property
    def is_virtual_environment(self) -> bool:
        """Whether the interpreter belongs to a virtual environment (PEP 405)."""
        return self.prefix != self.base_prefix

    @property
    def minor(self) -> str:
        """The version's first two parts, ``3.12``."""
        return ".".join(self.version.split(".")[:2])
