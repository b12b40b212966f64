"""The answer of `zephyr.pipeline.lock_answer`, where the cache has every fact: no event loop, no task."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from zephyr.errors import ZephyrError
from zephyr.metadata.requirements import parse_root
from zephyr.metadata.universal.resolve import resolve_universal_stored
from zephyr.model.source_words import names_a_place
from zephyr.model.universal import BASE
from zephyr.pipeline.built_wheels import StoredSources
from zephyr.pipeline.heap import without_collections
from zephyr.pipeline.lock_question import lock_answer, question_of
from zephyr.pipeline.lock_request import DYNAMIC, requirement_lines
from zephyr.pipeline.supplies import supplies_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.metadata.requirements import RootRequirement
    from zephyr.metadata.requirements_file import RequirementLine
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.model.interpreter import Interpreter
    from zephyr.model.universal import UniversalResolution
    from zephyr.pipeline.kept import Kept
    from zephyr.pipeline.lock_question import LockAnswer
    from zephyr.pipeline.lock_request import LockRequest
    from zephyr_cache import Cache


def stored_answer(
    request: LockRequest, interpreter: Interpreter, cache: Cache, environ: Mapping[str, str], kept: Kept
) -> LockAnswer | None:
    """Resolve for every environment; None where that takes more than the cache has.

    Only projects are told of here that need no build to say what they require, and nothing by its place. A
    failure is None too: the network's answer may differ, and an error deserves the whole truth.
    """
    lines = requirement_lines(request)

    if request.project.dynamic & DYNAMIC or request.building.package_settings:
        return None

    if any(line.editable or names_a_place(line.text) for line in chain.from_iterable(lines.values())):
        return None

    requirements = {
        activation: tuple(_root(line) for line in of_activation)
        for activation, of_activation in lines.items()
    }
    question = question_of(request, interpreter, kept, requirements)

    if _names_places(question):
        return None

    supplies = supplies_for(request, interpreter, cache, environ)

    try:
        with without_collections():
            facts = StoredSources(supplies.index, supplies.built)
            resolution = resolve_universal_stored(question, facts, supplies.known)
    except ZephyrError:
        return None
    finally:
        supplies.known.save()
        supplies.index.save()

    if resolution is None or not _has_all_hashes(resolution):
        return None

    return lock_answer(request, resolution, requirements[BASE])


def _root(line: RequirementLine) -> RootRequirement:
    return parse_root(line.text, line.origin, hashes=line.hashes, folder=line.folder)


def _names_places(question: UniversalRequest) -> bool:
    roots = chain(
        chain.from_iterable(question.requirements.values()), question.constraints, question.overrides
    )

    return any(root.direct is not None for root in roots)


def _has_all_hashes(resolution: UniversalResolution) -> bool:
    return all(
        file.sha256 is not None
        for pin in resolution.pins
        for file in (*pin.wheels, *([pin.sdist] if pin.sdist is not None else []))
    )
