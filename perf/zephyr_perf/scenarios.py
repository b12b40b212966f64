"""What is measured: every scenario, in the order in which they are run and shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zephyr_perf.index import Line
from zephyr_perf.scenario import ALL, FAST, INSTALLERS, LOCKERS, Cache, Place, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GROWTH = (10, 100, 1000)
"""Packages of the synthetic workloads."""

QUICK = frozenset({None, "trio", "jupyter", "sdists", "growth-10"})
"""The workloads of a quick run."""

ON_DISK = frozenset(
    f"install-{cache.value}-{workload}"
    for cache in (Cache.COLD, Cache.WARM)
    for workload in ("trio", "jupyter")
)
"""The scenarios that a disk is asked to repeat: where many small files are made."""


def all_scenarios() -> tuple[Scenario, ...]:
    """Return every scenario, in the order in which they are run and shown."""
    return (
        *_start_up(),
        *_nothing_to_do(),
        *_installs(),
        *_installs_made_anew(),
        *_installs_of_a_list(),
        *_installs_over_a_line(),
        *_installs_of_another_kind(),
        *_resolves(),
        *_locks(),
        *_builds(),
        *_growth(),
    )


def chosen(only: Sequence[str], *, quick: bool, disk: bool) -> list[Scenario]:
    """Return the scenarios whose names have one of ``only`` in them (all, if there are none).

    ``quick`` leaves the large workloads out; ``disk`` repeats the installs on a disk.
    """
    scenarios = list(all_scenarios())

    if disk:
        scenarios += [
            replace(
                one,
                name=f"{one.name}-disk",
                title=f"{one.title}, on a disk",
                group=f"{one.group}-disk",
                is_disk=True,
            )
            for one in scenarios
            if one.name in ON_DISK
        ]

    if quick:
        scenarios = [one for one in scenarios if one.workload in QUICK]

    return [one for one in scenarios if not only or any(part in one.name for part in only)]


def _start_up() -> Iterator[Scenario]:
    yield Scenario("version", "--version", "start", "version", ("python", *ALL))
    yield Scenario("help", "--help", "start", "help", ALL)
    yield Scenario(
        "venv", "create an environment", "start", "venv", ("zephyr", "uv", "python"), cache=Cache.WARM
    )


def _nothing_to_do() -> Iterator[Scenario]:
    yield Scenario(
        "noop-install",
        "install 97 packages that are there",
        "nothing",
        "install-names",
        INSTALLERS,
        "jupyter",
        Cache.WARM,
        Place.KEPT,
        before=("install-names",),
    )

    # The slow ones do the small workload alone.
    for suffix, workload, size, tools in (("", "jupyter", "97", FAST), ("-trio", "trio", "37", LOCKERS)):
        yield Scenario(
            f"noop-sync{suffix}",
            f"sync {size} packages that are there",
            "nothing",
            "sync",
            tools,
            workload,
            Cache.WARM,
            Place.KEPT,
            before=("lock", "sync"),
        )

    for workload, size, tools in (
        ("trio", "37", LOCKERS),
        ("jupyter", "97", FAST),
        ("airflow", "700", FAST),
    ):
        yield Scenario(
            f"relock-{workload}",
            f"lock again, nothing changed, {size} packages",
            "nothing",
            "lock",
            tools,
            workload,
            Cache.WARM,
            Place.KEPT,
            before=("lock",),
        )


def _installs() -> Iterator[Scenario]:
    for workload, size in (("trio", "37"), ("jupyter", "97"), ("airflow", "600 and more")):
        for cache in (Cache.COLD, Cache.WARM):
            # Nobody waits for pip to install that many a second time.
            tools = INSTALLERS if workload != "airflow" or cache is Cache.COLD else FAST
            yield Scenario(
                f"install-{cache.value}-{workload}",
                f"install {size} packages from a lock, {cache.value}",
                "install",
                "install-lock",
                tools,
                workload,
                cache,
            )


def _installs_made_anew() -> Iterator[Scenario]:
    """Who removes an environment and makes it again asks for the same at the same place."""
    for name, title, verb, workload in (
        (
            "install-anew-jupyter",
            "install 97 packages from a lock, warm, at a place of before",
            "install-lock",
            "jupyter",
        ),
        (
            "install-anew-airflow",
            "install 600 and more from a lock, warm, at a place of before",
            "install-lock",
            "airflow",
        ),
        (
            "install-anew-compiled-jupyter",
            "install 97 with bytecode, warm, at a place of before",
            "install-compiled",
            "jupyter",
        ),
    ):
        yield Scenario(name, title, "install", verb, FAST, workload, Cache.WARM, Place.ANEW)


def _installs_of_a_list() -> Iterator[Scenario]:
    for workload, size, cache, tools in (
        ("jupyter", "97", Cache.COLD, INSTALLERS),
        ("jupyter", "97", Cache.WARM, INSTALLERS),
        ("airflow", "600 and more", Cache.WARM, FAST),
    ):
        yield Scenario(
            f"install-list-{cache.value}-{workload}",
            f"install {size} exact versions from a list, {cache.value}",
            "install",
            "install-list",
            tools,
            workload,
            cache,
        )


def _installs_over_a_line() -> Iterator[Scenario]:
    yield Scenario(
        "install-names-jupyter-20ms",
        "resolve and install 97 packages, cold, 20 ms round trip",
        "install",
        "install-names",
        INSTALLERS,
        "jupyter",
        Cache.COLD,
        line=Line(round_trip=0.02),
    )
    yield Scenario(
        "install-cold-jupyter-slow-line",
        "install 97 packages from a lock, cold, 20 ms and 200 Mbit/s",
        "install",
        "install-lock",
        INSTALLERS,
        "jupyter",
        Cache.COLD,
        line=Line(round_trip=0.02, rate=25_000_000),
    )


def _installs_of_another_kind() -> Iterator[Scenario]:
    yield Scenario(
        "install-first-compiled-jupyter",
        "install and compile 97 packages for the first time",
        "install",
        "install-compiled",
        INSTALLERS,
        "jupyter",
        Cache.COPIED,
        primer="install-lock",
    )
    yield Scenario(
        "install-warm-compiled-jupyter",
        "install 97 packages with bytecode, warm",
        "install",
        "install-compiled",
        INSTALLERS,
        "jupyter",
        Cache.WARM,
    )
    yield Scenario(
        "add-jupyter",
        "add one package to 96",
        "install",
        "add",
        INSTALLERS,
        "jupyter",
        Cache.WARM,
        Place.KEPT,
        before=("install-names", "remove"),
        after=("remove",),
    )


def _resolves() -> Iterator[Scenario]:
    # pip takes minutes for the larger ones.
    for workload, tools in (
        ("trio", INSTALLERS),
        ("jupyter", INSTALLERS),
        ("boto3", FAST),
        ("airflow", FAST),
    ):
        for cache in (Cache.COLD, Cache.WARM):
            yield _resolve(workload, cache, tools)

    for workload in ("trio", "jupyter"):
        yield _resolve(workload, Cache.COLD, INSTALLERS, Line(round_trip=0.02), "20ms", "20 ms round trip")

    yield _resolve("jupyter", Cache.COLD, FAST, Line(round_trip=0.1), "100ms", "100 ms round trip")
    yield _resolve("jupyter", Cache.COLD, FAST, Line(tls=True), "tls", "HTTP/2 and TLS")
    yield _resolve(
        "jupyter",
        Cache.COLD,
        FAST,
        Line(round_trip=0.02, tls=True),
        "tls-20ms",
        "HTTP/2 and TLS, 20 ms round trip",
    )
    yield replace(
        _resolve("trio", Cache.COLD, INSTALLERS, Line(), "plain", "HTML alone, no metadata siblings"),
        form="plain",
    )


def _resolve(
    workload: str,
    cache: Cache,
    tools: tuple[str, ...],
    line: Line | None = None,
    suffix: str = "",
    word: str = "",
) -> Scenario:
    return Scenario(
        "-".join(filter(None, ("resolve", cache.value, workload, suffix))),
        ", ".join(filter(None, (f"resolve {workload}", cache.value, word))),
        "resolve",
        "resolve",
        tools,
        workload,
        cache,
        Place.KEPT,
        line=line or Line(),
    )


def _locks() -> Iterator[Scenario]:
    for workload in ("jupyter", "airflow"):
        for cache in (Cache.COLD, Cache.WARM):
            yield Scenario(
                f"lock-{cache.value}-{workload}",
                f"lock {workload} for every platform, {cache.value}",
                "lock",
                "lock",
                FAST,
                workload,
                cache,
            )


def _builds() -> Iterator[Scenario]:
    for workload, word in (("sdists", "that bring their backend"), ("sdists-setuptools", "with setuptools")):
        yield Scenario(
            f"build-{workload}",
            f"build and install ten sources {word}",
            "build",
            "install-list",
            INSTALLERS,
            workload,
            Cache.COLD,
        )


def _growth() -> Iterator[Scenario]:
    steps = (
        ("resolve", "resolve", Cache.COLD, Place.KEPT, FAST),
        ("lock", "lock", Cache.COLD, Place.FRESH, FAST),
        ("plan", "plan", Cache.WARM, Place.FRESH, FAST),
        ("link", "install-lock", Cache.WARM, Place.FRESH, FAST),
    )

    for step, verb, cache, place, tools in steps:
        for size in GROWTH:
            yield Scenario(
                f"growth-{step}-{size}",
                f"{step} {size} synthetic packages, {cache.value}",
                f"growth-{step}",
                verb,
                tools,
                f"growth-{size}",
                cache,
                place,
                primer="install-lock" if step == "plan" else None,
                size=size,
            )
