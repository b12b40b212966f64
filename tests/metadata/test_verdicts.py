from __future__ import annotations

import marshal

from zephyr.metadata.choices import Picked
from zephyr.metadata.reasons import BuildExcluded, HashMissing, NoCompatibleWheel, PythonMismatch, Yanked
from zephyr.metadata.verdicts import Verdict, pack_verdict, unpack_verdict
from zephyr.solver.provider import Restriction


def test_a_verdict_comes_back_as_it_was() -> None:
    reasons = (
        PythonMismatch(">=3.13", "3.12.1"),
        Yanked(),
        NoCompatibleWheel("cp312, linux_x86_64"),
        BuildExcluded("--only-binary"),
        HashMissing(),
    )
    verdict = Verdict(
        {Picked(0, 0, is_wheel=True): 0b0110, Picked(1, 0, is_wheel=False): 0b1000},
        tuple(Restriction(2 << place, reason) for place, reason in enumerate(reasons, 3)),
    )
    row = marshal.loads(marshal.dumps(pack_verdict(verdict)))

    assert unpack_verdict(row) == verdict
