"""The record of a run, as JSON: the machine, the tools, and every single figure."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from zephyr_perf.figures import Row, Sample
from zephyr_perf.peers import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zephyr_perf.peers import Tool
    from zephyr_perf.scenario import Scenario

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Record:
    """One run."""

    made: str
    """When, in UTC."""
    machine: Mapping[str, str]
    tools: Mapping[str, str]
    """Tool to version."""
    options: tuple[str, ...]
    """What the run was asked for."""
    seconds: float
    rows: tuple[Row, ...]
    titles: Mapping[str, str]
    """Scenario to what it is."""


def record_of(
    scenarios: Iterable[Scenario],
    rows: Iterable[Row],
    tools: Mapping[str, Tool],
    server: str,
    options: tuple[str, ...],
    seconds: float,
) -> Record:
    """Return the record of a run that took ``seconds``."""
    return Record(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        machine={**machine(), "index": server},
        tools={name: _version(tool) for name, tool in tools.items()},
        options=options,
        seconds=round(seconds, 1),
        rows=tuple(rows),
        titles={one.name: one.title for one in scenarios},
    )


def as_json(record: Record) -> str:
    """Return a record as a document."""
    return json.dumps({"format": FORMAT, **asdict(record)}, indent=1, ensure_ascii=False) + "\n"


def read_record(text: str) -> Record:
    """Return the record that a document holds; raises ValueError for one of another format."""
    document: dict[str, Any] = json.loads(text)

    if document.pop("format", None) != FORMAT:
        raise ValueError("this is no record of a run, or of another version")

    rows = tuple(_row(one) for one in document.pop("rows"))
    options = tuple(document.pop("options"))

    return Record(rows=rows, options=options, **document)


def _row(document: dict[str, Any]) -> Row:
    return Row(samples=[Sample(**one) for one in document.pop("samples")], **document)


def machine() -> dict[str, str]:
    """Describe this machine as far as it matters to the figures."""
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []

    return names[0] if names else platform.processor()


def _memory() -> str:
    if sys.platform == "win32":
        return "unknown"

    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1024**3:.0f} GiB"


def _version(tool: Tool) -> str:
    return f"{tool.version} ({_commit()})" if tool.name == "zephyr" else tool.version


def _commit() -> str:
    """Return the commit of the checkout, and whether something in it was changed since."""
    said = [
        subprocess.run(
            ["git", "-C", str(CHECKOUT), *words], capture_output=True, text=True, check=False
        ).stdout
        for words in (("rev-parse", "--short=12", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
    ]

    return f"{said[0].strip() or 'no commit'}{' and changes' if said[1].strip() else ''}"
