"""The data classes of the standard library, for a twentieth of the time.

`dataclasses` writes and compiles six methods for each class, and loads `inspect` and `ast` to do so. A
command meets a hundred classes, uses half of them, and most of these once. So the methods are here once for
all classes; ``__init__`` alone is compiled, for a class that is used often. To type checkers these are the
functions of the standard library, and its own `fields`, `replace` and `asdict` work on what is made here.

Every annotation is a field that ``__init__`` takes: no `ClassVar`, no `InitVar`, no ``init=False``.
"""

from __future__ import annotations

from itertools import count
from operator import attrgetter

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from dataclasses import dataclass, field, fields, replace
    from typing import Any, NoReturn

    __all__ = ["dataclass", "field", "fields", "replace"]

OFTEN = 16
"""So many instances take as long to make without a compiled ``__init__`` as it takes to compile one."""

MISSING: Any = object()
"""Stands where a field has no default."""


class Field:
    """One field of a class. ``given`` are the options of `dataclasses.field`, from which the rest comes."""

    __slots__ = ("compare", "default", "default_factory", "given", "hash", "kw_only", "name", "repr")

    def __init__(self, **given: Any) -> None:  # noqa: ANN401
        self.given = given
        self.name = ""
        self.kw_only = False
        self.default: Any = given.get("default", MISSING)
        self.default_factory: Any = given.get("default_factory", MISSING)
        self.repr: bool = given.get("repr", True)
        self.compare: bool = given.get("compare", True)
        self.hash: bool = given.get("hash", self.compare)


def _dataclass(*, slots: bool = False, kw_only: bool = False, **options: bool) -> Callable[[type], type]:
    """Return a decorator. Options are those of `dataclasses.dataclass`: these two, frozen, eq and repr."""

    def decorate(cls: type) -> type:
        written = vars(cls)
        own = {name: _field(name, written, kw_only) for name in written.get("__annotations__", ())}
        inherited = {field.name: field for base in reversed(cls.__mro__) for field in _fields_of(base)}
        known = tuple({**inherited, **own}.values())

        left_out = {"__dict__", "__weakref__", *own}
        left_out |= {"__hash__"} if written.get("__hash__") is None else set()  # None goes with an own __eq__
        content = _methods(known, **options)
        content |= {name: value for name, value in written.items() if name not in left_out}
        content |= {"__fields__": known, "__dataclass_fields__": _StandardFields()}
        content["__match_args__"] = tuple([field.name for field in known if not field.kw_only])

        if slots:
            content["__slots__"] = tuple([name for name in own if name not in inherited])
        else:
            content |= {name: field.default for name, field in own.items() if field.default is not MISSING}

        made: type = _with_init(type(cls)(cls.__name__, cls.__bases__, content))

        return made

    return decorate


def _field(name: str, written: Mapping[str, Any], kw_only: bool) -> Field:
    default = written.get(name, MISSING)

    if isinstance(default, Field):
        field = default
    else:
        field = Field() if default is MISSING else Field(default=default)

    field.name = name
    field.kw_only = kw_only

    return field


def _fields_of(kind: type) -> Sequence[Field]:
    """Return the fields of a class that was made here, inherited ones too; none of any other."""
    fields: Sequence[Field] = vars(kind).get("__fields__", ())

    return fields


def _methods(
    known: Sequence[Field],
    *,
    frozen: bool = False,
    eq: bool = True,
    repr: bool = True,  # noqa: A002
) -> dict[str, Any]:
    """Return all methods but ``__init__`` of a class with these fields."""
    methods: dict[str, Any] = {}

    if repr:
        methods["__repr__"] = _repr_of([field.name for field in known if field.repr])

    if eq:
        methods["__eq__"] = _eq_of([field.name for field in known if field.compare])
        methods["__hash__"] = _hash_of([field.name for field in known if field.hash]) if frozen else None

    if frozen:
        methods["__setattr__"] = methods["__delattr__"] = _refuse

    return methods


def _repr_of(names: Sequence[str]) -> Callable[[object], str]:
    def shown(self: object) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)

        return f"{type(self).__qualname__}({shown})"

    return shown


def _eq_of(names: Sequence[str]) -> Callable[[object, object], Any]:
    values = _values(names)

    def is_equal(self: object, other: object) -> Any:  # noqa: ANN401 - NotImplemented too
        if other.__class__ is not self.__class__:
            return NotImplemented

        return values(self) == values(other)

    return is_equal


def _hash_of(names: Sequence[str]) -> Callable[[object], int]:
    values = _values(names)

    def hashed(self: object) -> int:
        return hash(values(self))

    return hashed


def _values(names: Sequence[str]) -> Callable[[object], Any]:
    """Return what gives the attributes ``names`` of an object, as one value."""
    return attrgetter(*names) if names else type


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    """Stand for ``__setattr__`` and ``__delattr__`` of what is frozen."""
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot change field {name!r} of a {type(self).__name__}")


def _with_init(kind: Any) -> Any:  # noqa: ANN401 - a type, whose methods are to be changed
    """Give a class an ``__init__`` that puts a compiled one in its place when it has been called often."""
    calls = count(1)

    def first_init(self: Any, *values: Any, **named: Any) -> None:  # noqa: ANN401
        given = dict(zip(kind.__match_args__, values, strict=False)) | named
        fits = len(given) == len(values) + len(named)

        if next(calls) == OFTEN or not fits or not _is_set(self, given):
            kind.__init__ = _compiled_init(kind)
            kind.__init__(self, *values, **named)  # which says what is wrong with arguments that do not fit

    kind.__init__ = first_init

    return kind


def _is_set(instance: Any, given: dict[str, Any]) -> bool:  # noqa: ANN401
    """Set all fields of an instance; False where the values that are given do not fit them."""
    for field in _fields(instance):
        if field.name in given:
            value = given.pop(field.name)
        elif field.default_factory is not MISSING:
            value = field.default_factory()
        else:
            value = field.default

        if value is MISSING:
            return False

        object.__setattr__(instance, field.name, value)

    if not given and hasattr(instance, "__post_init__"):
        instance.__post_init__()

    return not given


def _compiled_init(kind: type) -> Callable[..., None]:
    """Return the ``__init__`` of a class. It sets fields by their slots, which may be frozen for others."""
    parameters: list[str] = ["self"]
    assignments: list[str] = []
    around: dict[str, Any] = {"MISSING": MISSING}

    for field in sorted(_fields_of(kind), key=lambda each: each.kw_only):
        name, value, default = field.name, field.name, ""
        around[f"set_{name}_"] = _setter(kind, name)

        if field.default_factory is not MISSING:
            around[f"make_{name}_"] = field.default_factory
            default, value = "=MISSING", f"make_{name}_() if {name} is MISSING else {name}"
        elif field.default is not MISSING:
            around[f"default_{name}_"] = field.default
            default = f"=default_{name}_"

        if field.kw_only and "*" not in parameters:
            parameters.append("*")

        parameters.append(f"{name}{default}")
        assignments.append(f"    set_{name}_(self, {value})")

    if hasattr(kind, "__post_init__"):
        assignments.append("    self.__post_init__()")

    text = "\n".join([f"def __init__({', '.join(parameters)}):", *assignments, "    return None"])
    exec(text, around)  # noqa: S102 - of names alone
    compiled: Callable[..., None] = around["__init__"]
    compiled.__qualname__ = f"{kind.__qualname__}.__init__"

    return compiled


def _setter(kind: type, name: str) -> Callable[[object, object], None]:
    """Return what sets a field: that of its slot where it has one."""
    slot = getattr(kind, name, None)
    setter: Callable[[object, object], None] = getattr(
        slot, "__set__", lambda self, value: object.__setattr__(self, name, value)
    )

    return setter


class _StandardFields:
    """Gives the standard library the fields of a class as it knows them, when it asks."""

    def __get__(self, instance: object, owner: type) -> dict[str, Any]:
        import dataclasses

        twin = dataclasses.make_dataclass(
            owner.__name__,
            [
                (each.name, object, dataclasses.field(**each.given, kw_only=each.kw_only))
                for each in _fields(owner)
            ],
        )
        fields: dict[str, Any] = vars(twin)["__dataclass_fields__"]
        type.__setattr__(owner, "__dataclass_fields__", fields)

        return fields


def _fields(kind: Any) -> Sequence[Field]:  # noqa: ANN401 - a class that was made here, or an instance
    """Return the fields of a class or an instance, in their order."""
    fields: Sequence[Field] = kind.__fields__

    return fields


def values_of(instance: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Return the values of all fields, as they are: `dataclasses.astuple` would take them apart too."""
    return tuple([getattr(instance, field.name) for field in _fields(instance)])


def _replace(instance: Any, /, **changes: Any) -> Any:  # noqa: ANN401
    """Return the same value with other fields."""
    kept = {each.name: getattr(instance, each.name) for each in _fields(instance) if each.name not in changes}

    return type(instance)(**kept, **changes)


if not TYPE_CHECKING:
    dataclass, field, fields, replace = _dataclass, Field, _fields, _replace
