"""What made environments impossible: few projects that cannot be put together are tried first in the next.

A failure is proved of the projects that its proof speaks of. Where these alone, what else they require left
out, fit together nowhere, everything does not either: it would have to meet the same requirements and more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import replace
from zephyr.errors import ZephyrError
from zephyr.metadata.explain import ResolutionError
from zephyr.metadata.package import Package
from zephyr.metadata.stored import resolve_stored

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.metadata.known_documents import KnownDocuments
    from zephyr.metadata.request import ResolveRequest
    from zephyr.metadata.stored import StoredFacts
    from zephyr.solver.proof import Proof


class Refutations:
    """Remembers which projects failures were about."""

    def __init__(self) -> None:
        self._met: dict[frozenset[NormalizedName], None] = {}

    def add(self, proof: Proof) -> None:
        """Remember the projects of a proof that there is no solution."""
        packages = (package for package in proof.universes if isinstance(package, Package))
        self._met[frozenset(package.name for package in packages)] = None

    def refute(self, question: ResolveRequest, facts: StoredFacts, known: KnownDocuments) -> bool:
        """Tell whether one of the failures is one of ``question`` too; False also where that is not known."""
        for names in self._met:
            required = frozenset(name for name in names if name not in question.excludes)

            if _fails(replace(question, excludes=_AllBut(required)), facts, known):
                return True

        return False


class _AllBut:
    """Every name but some."""

    def __init__(self, names: frozenset[NormalizedName]) -> None:
        self._names = names

    def __contains__(self, name: object) -> bool:
        return name not in self._names


def _fails(question: ResolveRequest, facts: StoredFacts, known: KnownDocuments) -> bool:
    try:
        resolve_stored(question, facts, known)
    except ResolutionError:
        return True
    except ZephyrError:
        # Another error is for the whole question to meet.
        return False

    return False
