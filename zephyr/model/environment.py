"""An environment to install into, and what is installed in one."""

from __future__ import annotations

from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.model.interpreter import Interpreter, Scheme

    EnvironmentKind = Literal["virtual", "system", "user", "prefix", "target", "root"]
    """How the destination was chosen, which decides the rules that apply.

    ``system`` is ``--system``, or ``--python`` naming an interpreter outside of any environment: PEP 668
    applies. ``user`` means the folders of PEP 370, which an interpreter sees beside its own. ``root`` means
    the folders of one of the others below another root, for a system that does not run.
    """


@dataclass(frozen=True, slots=True)
class Environment:
    """One destination: an interpreter, the folders its packages go to, and where Zephyr keeps its state.

    One writer at a time changes an environment, by transaction (docs/transactions.md).
    """

    kind: EnvironmentKind
    root: str
    """``sys.prefix`` of the environment, ``site.USER_BASE``, the ``--prefix`` or the ``--target`` folder."""
    interpreter: Interpreter
    scheme: Scheme

    @property
    def state(self) -> str:
        """The folder that holds the lock, journal, staging and trash of this environment."""
        return f"{self.root}/.zephyr"


@dataclass(frozen=True, slots=True)
class InstalledDistribution:
    """One ``.dist-info`` (or legacy ``.egg-info``) found in an environment."""

    name: NormalizedName
    display_name: str
    """As METADATA spells it."""
    version: Version
    location: str
    """The folder that holds the ``.dist-info``: purelib or platlib."""
    metadata_folder: str
    """Base name of the ``.dist-info`` folder or ``.egg-info`` file or folder."""
    installer: str | None
    requested: bool
    direct_url: Mapping[str, Any] | None
    """direct_url.json (PEP 610), None where there is none."""
    requires: tuple[str, ...] = ()
    """Requires-Dist lines as they stand."""
    requires_python: str | None = None
    has_record: bool = True

    @property
    def is_editable(self) -> bool:
        """Whether direct_url.json calls it an editable install (PEP 660)."""
        direct_url = self.direct_url or {}
        directory: Mapping[str, Any] = direct_url.get("dir_info") or {}

        return directory.get("editable") is True
