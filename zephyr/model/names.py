"""Names of projects and extras in normal form (PEP 503, PEP 685).

The rule of ``packaging``, which a test compares with: importing that takes longer than all that most commands
do with names.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from packaging.utils import NormalizedName


def canonicalize_name(name: str) -> NormalizedName:
    """Return a name in lower case, each run of ``-``, ``_`` and ``.`` as one ``-``."""
    found = name.lower().replace("_", "-").replace(".", "-")

    while "--" in found:
        found = found.replace("--", "-")

    return found  # type: ignore[return-value]


def valid_name(name: str) -> NormalizedName:
    """Return the normal form of a name. Raises `packaging.utils.InvalidName`, a ``ValueError``."""
    from packaging import utils

    return utils.canonicalize_name(name, validate=True)
