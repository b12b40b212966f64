"""An answer for one cell made of the answers that there are: most environments differ by a few projects.

The pins of other answers that can stand in the cell are followed from what is asked; a project that none
of them has gets the version that comes first for it. Where everything fits together that is an answer,
found in one walk instead of a search. Otherwise nothing is concluded: an older version, or another one of
what was chosen elsewhere, is for the solver to weigh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import ZephyrError
from zephyr.metadata.candidates import read_candidates
from zephyr.metadata.demands import demand_on
from zephyr.metadata.document import UnusableDocument, read_document
from zephyr.metadata.reasons import FAULT_OF_THE_FILE
from zephyr.model.resolution import Pin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.metadata.request import ResolveRequest
    from zephyr.metadata.universal.coverage import Coverage
    from zephyr.metadata.universal.facts import LocalFacts
    from zephyr.metadata.universal.request import UniversalRequest


class Completion:
    """Completes the pins of other answers."""

    def __init__(self, request: UniversalRequest, coverage: Coverage) -> None:
        self._request = request
        self._coverage = coverage

    async def pins(
        self,
        chosen: Mapping[NormalizedName, Pin],
        bit: int,
        question: ResolveRequest,
        facts: LocalFacts,
        *,
        lenient: bool,
    ) -> dict[NormalizedName, Pin] | None:
        """Return pins that are right in the cell of ``bit``, None where that takes a search.

        Raises what the port raises for a listing or a document that is needed.
        """
        pins = {
            name: pin
            for name, pin in chosen.items()
            if question.preferred.get(name, pin.version) == pin.version
        }

        while True:
            reach = self._coverage.walk(pins, self._request.requirements, bit, lenient=lenient)

            if not reach.wrong & bit:
                return {package.name: pins[package.name] for package in reach.cells}

            if not reach.missing:
                return None

            for name in sorted(reach.missing):
                pin = await self._first(name, question, facts)

                if pin is None:
                    return None

                pins[name] = pin

    async def _first(self, name: NormalizedName, question: ResolveRequest, facts: LocalFacts) -> Pin | None:
        """Return the version that comes first for a project, unless a build has to be asked what it needs."""
        demand = demand_on(name, question.requirements, question.constraints)
        assert question.target is not None, "every question has one"

        if demand.direct is not None:
            return None

        listing = await facts.listing(name)
        preferred = question.preferred.get(name)
        candidates = read_candidates(listing, question.target, question.rules, demand, preferred)
        place = candidates.choose(candidates.usable)
        choice = candidates.choices[place] if place is not None else None

        if place is None or choice is None or not choice.described_by.is_wheel:
            return None

        try:
            raw = await facts.metadata(choice.described_by)
            read_document(raw, name, candidates.versions[place])
        except UnusableDocument:
            return None
        except ZephyrError as error:
            if error.id not in FAULT_OF_THE_FILE:
                raise

            return None

        return Pin(name, candidates.versions[place], choice.artifact, listing.index, raw)
