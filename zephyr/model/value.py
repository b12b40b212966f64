"""Frozen values that cost nothing to define.

What `dataclasses` writes anew for every class is here once for all of them: its import, and the dozen classes
that the quickest commands need, took half of the time in which an environment is made. Where modules are
loaded that take longer anyway, `dataclasses` is the one to use.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any, ClassVar, Self, dataclass_transform
else:

    def dataclass_transform(**_):  # noqa: ANN003, ANN201
        """Stand in for `typing.dataclass_transform`, which is for type checkers."""
        return lambda decorated: decorated


FIELDS = "__dataclass_fields__"


class _DataclassFields:
    """Makes a value what type checkers take it for: `dataclasses.replace` and the like work on it too."""

    def __get__(self, instance: object, kind: type[Value]) -> dict[str, Any]:
        from dataclasses import make_dataclass

        fields: dict[str, Any] = vars(make_dataclass(kind.__name__, kind.field_names()))[FIELDS]
        type.__setattr__(kind, FIELDS, fields)

        return fields


@dataclass_transform(frozen_default=True)
class Value:
    """A value made of its fields: the annotated attributes of its class, with their defaults.

    Fields are given by place or by name, cannot be changed, and are all that equality and hash look at.
    """

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        kinds = [kind for kind in reversed(cls.__mro__) if issubclass(kind, Value) and kind is not Value]
        cls._fields = tuple(dict.fromkeys(name for kind in kinds for name in kind.__annotations__))
        type.__setattr__(cls, FIELDS, _DataclassFields())

    @classmethod
    def field_names(cls) -> tuple[str, ...]:
        """Return the names of the fields, those of base classes first."""
        return cls._fields

    def __init__(self, *values: Any, **named: Any) -> None:  # noqa: ANN401
        kind = type(self)
        given = dict(zip(kind._fields, values, strict=False)) | named
        missing = [name for name in kind._fields if name not in given and not hasattr(kind, name)]

        if missing or len(given) != len(values) + len(named) or not given.keys() <= {*kind._fields}:
            raise TypeError(f"{kind.__name__} has the fields {kind._fields}, {(*given,)} were given")

        vars(self).update(given)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name; those that are values stay such."""
        return {name: getattr(self, name) for name in self._fields}

    def but(self, **changes: Any) -> Self:  # noqa: ANN401
        """Return the same value with other fields."""
        return type(self)(**{**vars(self), **changes})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and type(self) is type(other) and self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash(tuple(self.as_dict().values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.as_dict().items())

        return f"{type(self).__name__}({fields})"
