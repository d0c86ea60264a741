"""Levels of a netCDF file as a and b of p = a + b p_s."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.formats.weather_levels import FloatArray
from vigie.formats.weather_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats.base import IssueLog
    from vigie.formats.weather_netcdf._library import Variable

_SIGMA = "atmosphere_sigma_coordinate"
_HYBRID = "atmosphere_hybrid_sigma_pressure_coordinate"
_PRESSURE_NAMES = {"pressure_level", "isobaricinhpa", "plev", "isobaric", "pressure", "lv_isbl1"}
_PAIRS = (("hyam", "hybm"), ("ap", "b"), ("a", "b"), ("hyai", "hybi"))
"""Names of a and b; those of half levels have one more."""
_TERM = re.compile(r"(\w+):\s*(\S+)")
_P0_PA = 1e5
_EXPECTED = "levels of pressure, sigma, or hybrid ones with their a and b"


@dataclass(frozen=True, slots=True)
class Levels:
    """Coefficients along one dimension, in the order of the file."""

    a_pa: FloatArray
    b: FloatArray


def levels_of(
    variables: dict[str, Variable], dimensions: Iterable[str], log: IssueLog
) -> dict[str, Levels]:
    """Return the levels along each of some dimensions that is one of levels.

    Raises
    ------
    BadRecordError
        A coordinate of levels makes no sense, and reading is strict.
    """
    found = {}
    for name in dimensions:
        one = _along(variables, name)
        if one is not None:
            found[name] = one
            continue
        coordinate = variables.get(name)
        length = _length(variables, name)
        if length > 1 and (coordinate is None or coordinate.text("units") or _is_model(name)):
            shown = f"{name} ({coordinate.text('units') if coordinate else 'no variable'})"
            log.bad_record(name, field_name="levels", text=shown, expected=_EXPECTED)
    return found


def scalar_level(variables: dict[str, Variable]) -> Levels | None:
    """Return the one level that a file without a dimension of levels names."""
    for one in variables.values():
        if not one.dimensions and one.values.size == 1:
            levels = _of_coordinate(one, variables)
            if levels is not None:
                return levels
    return None


def _along(variables: dict[str, Variable], dimension: str) -> Levels | None:
    own = [variables[dimension]] if dimension in variables else []
    others = [v for v in variables.values() if v.dimensions == (dimension,) and v not in own]
    for one in (*own, *others):
        if one.dimensions == (dimension,):
            levels = _of_coordinate(one, variables)
            if levels is not None:
                return levels
    return None


def _of_coordinate(one: Variable, variables: dict[str, Variable]) -> Levels | None:
    standard, name = one.text("standard_name"), one.name.lower()
    numbers = np.atleast_1d(one.numbers)
    if not np.isfinite(numbers).all():
        return None
    if standard == _SIGMA or name == "sigma":
        return Levels(np.zeros(len(numbers)), numbers)
    if standard == _HYBRID or "formula_terms" in one.attributes or _is_model(one.name):
        return _hybrid(one, variables, len(numbers))
    unit = unit_of("pressure", one.text("units"))
    if unit is not None and one.text("units"):
        return Levels(numbers * unit.factor, np.zeros(len(numbers)))
    if name in _PRESSURE_NAMES or standard == "air_pressure":
        # Without a unit: beyond what hPa can be, Pa.
        factor = 100.0 if numbers.max() < 1200.0 else 1.0
        return Levels(numbers * factor, np.zeros(len(numbers)))
    return None


def _is_model(name: str) -> bool:
    return name.lower() in {"hybrid", "model_level", "modellevel", "lev", "hybrid_level", "nhym"}


def _hybrid(one: Variable, variables: dict[str, Variable], n: int) -> Levels | None:
    terms = dict(_TERM.findall(one.text("formula_terms")))
    pairs = [(terms.get("ap", terms.get("a", "")), terms.get("b", "")), *_PAIRS]
    for first, second in pairs:
        if first not in variables or second not in variables:
            continue
        a, b = np.atleast_1d(variables[first].numbers), np.atleast_1d(variables[second].numbers)
        if len(a) == len(b) == n + 1:
            a, b = 0.5 * (a[1:] + a[:-1]), 0.5 * (b[1:] + b[:-1])
        if not (len(a) == len(b) == n and np.isfinite(a).all() and np.isfinite(b).all()):
            continue
        a = a * _factor(variables[first], terms.get("p0", "P0"), variables, a)
        return Levels(a, b)
    return None


def _factor(variable: Variable, p0: str, variables: dict[str, Variable], a: FloatArray) -> float:
    """Return what makes a pressure of a: its unit, or the reference pressure."""
    unit = unit_of("pressure", variable.text("units"))
    if unit is not None and variable.text("units"):
        return unit.factor
    if float(np.abs(a).max()) > 1.5:
        return 1.0
    reference = variables.get(p0)
    return float(reference.numbers.reshape(-1)[0]) if reference is not None else _P0_PA


def _length(variables: dict[str, Variable], dimension: str) -> int:
    lengths = (
        v.values.shape[v.dimensions.index(dimension)]
        for v in variables.values()
        if dimension in v.dimensions
    )
    return next(lengths, 0)
