"""Wheels that must be refused: the rows W01 to W34 of the table of hostile inputs, several cases each.

`CASES` is a list of `Case`: its row, its rule (the id of the refusal) and a function that makes the
bytes. Attacks on an entry are tried on the first, a middle and the last one, each as written to a
file and as written to a pipe (sizes after the data).
"""

from __future__ import annotations

from tests.support.hostile_archives import archive_attacks
from tests.support.hostile_case import Case
from tests.support.hostile_documents import document_attacks

__all__ = ["CASES", "Case"]

CASES = [*archive_attacks(), *document_attacks()]
