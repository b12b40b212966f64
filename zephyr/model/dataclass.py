"""The `dataclass` of the standard library, its methods made when the first instance is.

Writing and compiling the methods of a frozen data class takes about as long as loading a small module, and a
command meets a hundred classes of which it uses a few. So the class is made at once, with its slots; all that
`dataclasses` adds comes with the first instance, or when somebody asks for its fields. To type checkers, and
to whoever uses the class, it is the standard library's decorator.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
    from dataclasses import dataclass
    from typing import Any

    __all__ = ["dataclass"]
else:

    def dataclass(**options):  # noqa: ANN003, ANN201
        """Return a decorator that does what ``dataclasses.dataclass(**options)`` does, but later.

        ``slots=True`` must be among the options. The fields are all annotations: no `ClassVar`, no `InitVar`.
        """
        return lambda cls: _with_slots(cls, options)


FIELDS = "__dataclass_fields__"


def _with_slots(cls: type, options: dict[str, Any]) -> type:
    """Return the class with slots for its fields, to be completed when it is first used."""
    written = _without_storage(vars(cls))
    names = tuple(written.get("__annotations__", ()))
    inherited = {slot for base in cls.__mro__[1:] for slot in getattr(base, "__slots__", ())}
    deferred = _Deferred(written, {**options, "slots": False})

    def first_instance(self: Any, *values: Any, **named: Any) -> None:  # noqa: ANN401
        deferred.complete(made)
        vars(made)["__init__"](self, *values, **named)

    kept: dict[str, Any] = {name: value for name, value in written.items() if name not in names}
    kept |= {"__init__": first_instance, FIELDS: deferred}
    kept["__slots__"] = tuple(name for name in names if name not in inherited)
    made = type(cls)(cls.__name__, cls.__bases__, kept)

    return made


class _Deferred:
    """What is left to do for one class. It stands in the place of its fields until then."""

    def __init__(self, written: dict[str, Any], options: dict[str, Any]) -> None:
        self._written = written
        self._options = options

    def __get__(self, instance: object, owner: type) -> dict[str, Any]:
        """Return the fields of the class, or of a class made from it, when somebody asks for them."""
        made = next(kind for kind in owner.__mro__ if vars(kind).get(FIELDS) is self)
        self.complete(made)
        fields: dict[str, Any] = vars(made)[FIELDS]

        return fields

    def complete(self, made: type) -> None:
        """Give the class what the standard library gives to one that is written in the same way."""
        from dataclasses import dataclass as standard

        decorate: Any = standard(**self._options)
        model: type = decorate(type(made)(made.__name__, made.__bases__, dict(self._written)))

        for name, value in _without_storage(vars(model)).items():
            if name not in self._written:
                setattr(made, name, value)


def _without_storage(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in a class but where its instances keep their attributes."""
    return {name: value for name, value in namespace.items() if name not in {"__dict__", "__weakref__"}}
