"""The documented list of repairs to specifiers that were valid once and are published still.

======================  ==================  ===========================================
found                   read as             because
======================  ==================  ===========================================
``>=3.5.*``             ``>=3.5``           a wildcard adds nothing to an ordering
``~=3.5.*``             ``~=3.5``           likewise
``>=1.0,``              ``>=1.0``           a trailing or doubled comma
``>=1.0, *``            ``>=1.0``           ``*`` alone admits everything
``>=1.0 <2``            ``>=1.0,<2``        a comma is missing
``'>=1.0'``             ``>=1.0``           stray quotes
``!=~1.0``              ``!=1.0.*``         a tilde for "compatible with"
======================  ==================  ===========================================

Whatever cannot be repaired makes the version that says it unusable.
"""

from __future__ import annotations

import re

_ORDERED_WILDCARD = re.compile(r"((?:>=|<=|>|<|~=)\s*[0-9!.]*\d)\.\*")
_UNEQUAL_TILDE = re.compile(r"!=~\s*(\d[0-9.]*)")
_MISSING_COMMA = re.compile(r"(?<=[0-9*a-z])\s*(?=(?:>=|<=|==|!=|~=|>|<))")


def repaired_specifier(text: str) -> str:
    """Return ``text``, a specifier set, with every repair of the list made."""
    text = text.strip().strip("'\"")
    text = _UNEQUAL_TILDE.sub(r"!=\1.*", text)
    text = _ORDERED_WILDCARD.sub(r"\1", text)
    text = _MISSING_COMMA.sub(",", text)
    clauses = (clause.strip() for clause in text.split(","))

    return ",".join(clause for clause in clauses if clause not in {"", "*"})
