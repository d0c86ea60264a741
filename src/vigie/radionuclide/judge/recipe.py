"""Recipes of judgement: TOML tables become checked, frozen parameters.

Lists, limits and rules are configuration, each with the source of its numbers. A key that is
not known is refused, since a limit with a typing error in its name would silently not apply.
"""

from __future__ import annotations

import tomllib
import types
from dataclasses import MISSING, fields, is_dataclass
from importlib.resources import files
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from vigie.errors import ParameterError

T = TypeVar("T")


def shipped(name: str) -> str:
    """Return the text of a recipe that comes with the package."""
    return (files("vigie.radionuclide.judge") / name).read_text(encoding="utf-8")


def read_recipe(kind: type[T], text: str, *, where: str) -> T:
    """Read a recipe.

    Parameters
    ----------
    kind : type
        A dataclass whose fields are the keys; nested dataclasses are nested tables.
    text : str
        TOML.
    where : str
        What the recipe is called in errors.

    Raises
    ------
    ParameterError
        The text is no TOML; a key is unknown or missing, or a value is of the wrong kind. The
        error names the key.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Limit:
    ...     low: float
    >>> read_recipe(Limit, "low = 3", where="limits.toml").low
    3.0
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(name=where, value=str(error), expected="must be TOML") from error
    _refuse_unknown(kind, table, where)
    try:
        return msgspec.convert(table, kind, strict=True)
    except msgspec.ValidationError as error:
        raise ParameterError(name=where, value=str(error), expected="correct this key") from error


def _refuse_unknown(kind: object, value: object, place: str) -> None:
    """Refuse keys that no field has, at any depth."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        known = [a for a in arguments if a is not type(None)]
        if len(known) == 1:
            _refuse_unknown(known[0], value, place)
    elif origin is tuple and isinstance(value, list):
        for number, one in enumerate(value, start=1):
            _refuse_unknown(arguments[0], one, f"{place}[{number}]")
    elif origin is dict and isinstance(value, dict):
        for key, one in value.items():
            _refuse_unknown(arguments[1], one, f"{place}.{key}")
    elif is_dataclass(kind) and isinstance(kind, type) and isinstance(value, dict):
        hints = get_type_hints(kind)
        by_name = {one.name: one for one in fields(kind)}
        _check_names(by_name, value, place)
        for key, one in value.items():
            _refuse_unknown(hints[key], one, f"{place}.{key}")


def _check_names(by_name: dict[str, Any], value: dict[str, Any], place: str) -> None:
    if unknown := sorted(set(value) - set(by_name)):
        raise ParameterError(name=place, value=", ".join(unknown), expected="is an unknown key")
    needed = {
        name
        for name, one in by_name.items()
        if one.default is MISSING and one.default_factory is MISSING
    }
    if missing := sorted(needed - set(value)):
        raise ParameterError(name=place, value=", ".join(missing), expected="must be given")
