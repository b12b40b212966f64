"""Universal resolutions over a `FakePort`, and an independent judge of them.

    port = FakePort()
    port.serve("a", "1.0", ["b; sys_platform == 'win32'"])
    resolution = await universal(port, "a")
    assert markers(resolution) == {"a 1.0": None, "b 1.0": "sys_platform == 'win32'"}
    assert_right(resolution, port, {BASE: ["a"]})

The judge knows nothing of grids and masks: it evaluates every marker with `packaging` in environments of
its own choice, and follows Requires-Dist from the roots.
"""

from __future__ import annotations

from email.parser import HeaderParser
from itertools import product
from typing import TYPE_CHECKING, Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.fake_port import interpreter
from zephyr.metadata.request import Rules
from zephyr.metadata.requirements import parse_root
from zephyr.metadata.universal.request import UniversalRequest
from zephyr.metadata.universal.resolve import resolve_universal
from zephyr.model.universal import BASE, Activation, ActivationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from tests.support.fake_port import FakePort
    from zephyr.model.universal import UniversalPin, UniversalResolution

PLATFORMS = (
    ("linux", "posix", "Linux", "x86_64"),
    ("linux", "posix", "Linux", "aarch64"),
    ("darwin", "posix", "Darwin", "arm64"),
    ("darwin", "posix", "Darwin", "x86_64"),
    ("win32", "nt", "Windows", "AMD64"),
)


def extra(name: str) -> Activation:
    """Return the activation of an extra of the project."""
    return Activation(ActivationKind.EXTRA, name)


def group(name: str) -> Activation:
    """Return the activation of a dependency group."""
    return Activation(ActivationKind.GROUP, name)


def asked_universally(
    *requirements: str,
    others: Mapping[Activation, Sequence[str]] | None = None,
    requires_python: str = ">=3.11",
    constraints: Iterable[str] = (),
    overrides: Iterable[str] = (),
    excludes: Iterable[str] = (),
    rules: Mapping[str, Any] | None = None,
    **fields: Any,
) -> UniversalRequest:
    """Return a request: ``requirements`` are the project's own, ``others`` those of extras and groups."""
    asked: dict[Activation, Sequence[str]] = {BASE: requirements, **(others or {})}

    return UniversalRequest(
        requirements={
            activation: tuple(parse_root(text, f"pyproject.toml, {activation}") for text in texts)
            for activation, texts in asked.items()
        },
        interpreter=interpreter(),
        requires_python=SpecifierSet(requires_python),
        constraints=tuple(parse_root(text, "constraints.txt") for text in constraints),
        overrides=tuple(parse_root(text, "overrides.txt") for text in overrides),
        excludes=frozenset(canonicalize_name(name) for name in excludes),
        rules=Rules(**(rules or {})),
        **fields,
    )


async def universal(port: FakePort, *requirements: str, **request: Any) -> UniversalResolution:
    """Resolve requirements for every environment against what is served."""
    return await resolve_universal(asked_universally(*requirements, **request), port)


def markers(resolution: UniversalResolution) -> dict[str, str | None]:
    """Return the marker of each pin, by name and version."""
    return {f"{pin.name} {pin.version}": pin.marker for pin in resolution.pins}


def environments(requires_python: str = ">=3.11") -> Iterator[dict[str, str]]:
    """Yield marker environments of the default platforms and three patch levels of each Python."""
    admitted = SpecifierSet(requires_python)
    pythons = [f"3.{minor}.{patch}" for minor in range(8, 17) for patch in (0, 3, 9)]

    for (system, os_name, platform, machine), full in product(PLATFORMS, pythons):
        if admitted.contains(full):
            yield {
                "sys_platform": system,
                "os_name": os_name,
                "platform_system": platform,
                "platform_machine": machine,
                "implementation_name": "cpython",
                "platform_python_implementation": "CPython",
                "implementation_version": full,
                "python_full_version": full,
                "python_version": full.rpartition(".")[0],
                "platform_release": "",
                "platform_version": "",
            }


def applying(
    resolution: UniversalResolution, environment: Mapping[str, str], active: Iterable[Activation] = ()
) -> dict[NormalizedName, UniversalPin]:
    """Return the pins that apply in an environment; fails where two of one name do."""
    kinds: dict[ActivationKind, set[str]] = {kind: set() for kind in ActivationKind}

    for activation in active:
        kinds[activation.kind].add(activation.name)

    words: Any = {
        **environment,
        "extras": frozenset(kinds[ActivationKind.EXTRA]),
        "dependency_groups": frozenset(kinds[ActivationKind.GROUP]),
    }
    found: dict[NormalizedName, UniversalPin] = {}

    for pin in resolution.pins:
        if pin.marker is None or Marker(pin.marker).evaluate(words, context="lock_file"):
            assert pin.name not in found, f"{pin.name} twice in {environment}"
            found[pin.name] = pin

    return found


def assert_right(
    resolution: UniversalResolution,
    port: FakePort,
    asked: Mapping[Activation, Sequence[str]],
    *,
    requires_python: str = ">=3.11",
    active: Sequence[Iterable[Activation]] | None = None,
) -> None:
    """Fail unless in every environment just what is needed applies, in versions that are asked for.

    ``active`` lists the sets of activations to look at; by default none, each alone, and all.
    """
    others = [activation for activation in asked if activation != BASE]
    sets = active if active is not None else [(), *((one,) for one in others), others]

    for environment, on in product(environments(requires_python), sets):
        pins = applying(resolution, environment, on)
        roots = [Requirement(text) for activation in (BASE, *on) for text in asked.get(activation, ())]
        assert set(pins) == _needed(roots, pins, port, environment), environment


def _needed(
    roots: Sequence[Requirement],
    pins: Mapping[NormalizedName, UniversalPin],
    port: FakePort,
    environment: Mapping[str, str],
) -> set[NormalizedName]:
    pending = [(root, "") for root in roots]
    seen: set[tuple[NormalizedName, str]] = set()

    while pending:
        requirement, extra_name = pending.pop()

        if requirement.marker and not requirement.marker.evaluate({**environment, "extra": extra_name}):
            continue

        name = canonicalize_name(requirement.name)
        assert name in pins, f"{requirement} is needed in {environment}"
        pin = pins[name]
        assert requirement.specifier.contains(pin.version, prereleases=True), f"{requirement}: {pin.version}"

        for wanted in ("", *map(canonicalize_name, requirement.extras)):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                pending += [(one, wanted) for one in _requires(pin, port, wanted)]

    return {name for name, _ in seen}


def _requires(pin: UniversalPin, port: FakePort, extra_name: str) -> Iterator[Requirement]:
    """Yield what a pin requires for its base (no extra), or what an extra adds."""
    document = HeaderParser().parsestr(port.document(pin.wheels[0]).decode())

    for line in document.get_all("Requires-Dist", []):
        requirement = Requirement(line)
        mentions = requirement.marker is not None and "extra" in str(requirement.marker)

        if mentions == bool(extra_name):
            yield requirement


def version(text: str) -> Version:
    """Return a version."""
    return Version(text)
