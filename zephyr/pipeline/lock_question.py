"""What a lock asks of a universal resolve, and what it makes of the resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from zephyr.dataclass import dataclass, replace
from zephyr.metadata.requirements import parse_root
from zephyr.metadata.requirements_file import RequirementLine
from zephyr.metadata.universal.request import UniversalRequest
from zephyr.model.index import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zephyr.metadata.requirements import RootRequirement
    from zephyr.model.interpreter import Interpreter
    from zephyr.model.universal import Activation, UniversalResolution
    from zephyr.pipeline.kept import Kept
    from zephyr.pipeline.lock_request import LockRequest
    from zephyr.project.tool import TargetEntry


@dataclass(frozen=True, slots=True)
class LockAnswer:
    """What to write into a lock, and the request as it was once the build backend had been asked."""

    request: LockRequest
    resolution: UniversalResolution


def question_of(
    request: LockRequest,
    interpreter: Interpreter,
    kept: Kept,
    requirements: Mapping[Activation, tuple[RootRequirement, ...]],
) -> UniversalRequest:
    """Return what is to be resolved."""
    return UniversalRequest(
        requirements=requirements,
        interpreter=interpreter,
        requires_python=SpecifierSet(request.requires_python),
        constraints=_bounds(request.constraints),
        overrides=_bounds(request.overrides),
        excludes=request.excludes,
        rules=request.rules,
        ignore_requires_python=request.ignore_requires_python,
        conflicts=request.project.tool.conflicts,
        targets=tuple(_target(target) for target in request.targets),
        package_indexes={
            name: tuple((source.index, source.marker) for source in sources)
            for name, sources in request.package_indexes.items()
        },
        preferred=kept.versions,
    )


def lock_answer(
    request: LockRequest, resolution: UniversalResolution, roots: Iterable[RootRequirement]
) -> LockAnswer:
    """Return what to write; ``roots`` are what is asked for whatever the activation."""
    if request.only_dependencies and request.lines:
        request, resolution = _without_named(request, resolution, roots)

    return LockAnswer(request, _with_addresses(resolution, request))


def _bounds(lines: Iterable[RequirementLine]) -> tuple[RootRequirement, ...]:
    return tuple(parse_root(line.text, line.origin, folder=line.folder) for line in lines)


def _target(target: TargetEntry) -> Mapping[str, str] | str:
    if target.marker is not None:
        return target.marker

    parts = {"python": target.python, "platform": target.platform}

    return {key: value for key, value in parts.items() if value is not None}


def _without_named(
    request: LockRequest, resolution: UniversalResolution, roots: Iterable[RootRequirement]
) -> tuple[LockRequest, UniversalResolution]:
    """Leave out what the roots name; what these need directly is what is asked for then."""
    named = {root.requirement.name for root in roots}
    left = tuple(pin for pin in resolution.pins if pin.name not in named)
    needed = {name for pin in resolution.pins if pin.name in named for name, _ in pin.dependencies}
    lines = tuple(RequirementLine(name, "--only-deps") for name in sorted(needed - named))

    return replace(request, lines=lines), replace(resolution, pins=left)


def _with_addresses(resolution: UniversalResolution, request: LockRequest) -> UniversalResolution:
    """Say of every pin the address of its index, where the resolve knows it by a name."""
    urls = {index.shown: without_credentials(index.url) for index in request.sources.indexes}

    return replace(
        resolution,
        pins=tuple(
            replace(pin, index=urls.get(pin.index, pin.index)) if pin.index is not None else pin
            for pin in resolution.pins
        ),
    )
