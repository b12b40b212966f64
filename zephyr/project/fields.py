"""A TOML table read key by key: a value of another type is an error, a key never asked for a warning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from zephyr.dataclass import dataclass, field
from zephyr.model.source_address import redacted
from zephyr.project.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from zephyr.errors import ZephyrError
    from zephyr.project.document import Document

_LOGIN = re.compile(r":\S*@")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a document: what its errors are, and what was noticed on the way."""

    document: Document
    error: type[ZephyrError]
    warnings: list[str] = field(default_factory=list[str])


class Fields:
    """The keys of one table.

    Every method that takes a key raises the error of the reading when the value is of another type,
    and returns None when the key is absent.
    """

    __slots__ = ("_asked", "_table", "name", "reading")

    def __init__(self, table: Mapping[str, object], name: str, reading: Reading) -> None:
        self._table = table
        self._asked: set[str] = set()
        self.name = name
        """As messages say it: ``[project]``; empty for the whole document."""
        self.reading = reading

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def value(self, key: str) -> object | None:
        """Return the value of ``key``, whatever it is."""
        self._asked.add(key)

        return self._table.get(key)

    def text(self, key: str) -> str | None:
        """Return a text."""
        value = self.value(key)

        if value is None or isinstance(value, str):
            return value

        raise self.invalid(key, "a text", value)

    def required(self, key: str) -> str:
        """Return a text that must be there, and not be empty."""
        text = self.text(key)

        if text:
            return text

        raise self.error(key, f"{self.name} needs {redacted(key)}")

    def flag(self, key: str) -> bool | None:
        """Return true or false."""
        value = self.value(key)

        if value is None or isinstance(value, bool):
            return value

        raise self.invalid(key, "true or false", value)

    def choice(self, key: str, choices: Collection[str]) -> str | None:
        """Return a text that is one of ``choices``."""
        text = self.text(key)

        if text is None or text in choices:
            return text

        raise self.invalid(key, f"one of {', '.join(choices)}", text, hint=nearest(text, choices))

    def items(self, key: str, expected: str = "a list") -> tuple[object, ...] | None:
        """Return the entries of a list."""
        value = self.value(key)

        if value is None:
            return None

        if isinstance(value, list):
            return tuple(cast("list[object]", value))

        raise self.invalid(key, expected, value)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return the entries of a list of texts."""
        items = self.items(key, "a list of texts")

        if items is None:
            return None

        for number, item in enumerate(items, 1):
            if not isinstance(item, str):
                raise self.invalid(f"entry {number} of {key}", "a text", item)

        return cast("tuple[str, ...]", items)

    def table(self, key: str) -> Fields | None:
        """Return the fields of a table below this one."""
        value = self.value(key)

        return None if value is None else self.nested(key, value)

    def nested(self, key: str, value: object, number: int | None = None) -> Fields:
        """Return the fields of ``value``, which stands below ``key`` (the ``number``-th of its entries)."""
        if not isinstance(value, dict):
            where = key if number is None else f"entry {number} of {key}"
            raise self.invalid(where, "a table", value)

        path = f"{self.name.strip('[]')}.{key}".lstrip(".")
        name = f"[{path}]" if number is None else f"entry {number} of {path}"

        return Fields(cast("dict[str, object]", value), name, self.reading)

    def names(self) -> tuple[str, ...]:
        """Return all keys of a table whose keys are names, all of them known thereby."""
        self._asked.update(self._table)

        return tuple(self._table)

    def warn_of_unknown_keys(self) -> None:
        """Note every key that was not asked for, with the nearest that was."""
        for key in self._table:
            if key not in self._asked:
                meant = nearest(key, self._asked)
                said = f"{self.reading.document.place(key)}: there is no key {key!r} in {self.name}"
                self.reading.warnings.append(f"{said}. {meant or 'It is ignored.'}")

    def invalid(self, key: str, expected: str, value: object, *, hint: str | None = None) -> ZephyrError:
        """Return the error for a value that is not what was ``expected``."""
        culprit = value if isinstance(value, str) else key

        return self.error(
            culprit, f"{self.where(key)} is {_shown(value)}, {expected} was expected", hint=hint
        )

    def where(self, key: str) -> str:
        """Return ``key`` as messages say it: ``dependencies in [project]``."""
        return f"{redacted(key)} in {self.name}" if self.name else key

    def error(self, culprit: str, message: str, *, hint: str | None = None) -> ZephyrError:
        """Return the error of this reading, at the place of ``culprit``: a quoted text or a key."""
        return self.reading.error(f"{self.reading.document.place(culprit)}: {message}", hint=hint)


def _shown(value: object) -> str:
    match value:
        case str():
            # Without a scheme it cannot be told what is a login.
            hidden = "://" not in value and _LOGIN.search(value)
            return "a text with a login" if hidden else repr(redacted(value))
        case bool():
            return str(value).lower()
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return f"the date {value}"
