"""What a netCDF variable is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.weather_names import FLAT, SIGNED, STANDARD, UPPER, Meaning

if TYPE_CHECKING:
    from vigie.formats.weather_netcdf._library import Variable

_MEANS = ("avg_", "ms", "mt", "metss", "mntss", "mlspr", "mcpr")


def upper_meaning(variable: Variable) -> Meaning | None:
    """Return what a variable with levels is: by its standard name, then by its short ones."""
    standard = STANDARD.get(variable.text("standard_name"), "")
    names = (standard, variable.text("GRIB_shortName"), variable.name.lower())
    return next((UPPER[name] for name in names if name in UPPER), None)


def flat_meaning(variable: Variable) -> Meaning | None:
    """Return what a variable without levels is.

    Its short name comes first here: the standard name of a temperature at 2 m is that of any
    temperature, and ECMWF calls upward what it counts downward.
    """
    for name in (variable.text("GRIB_shortName"), variable.name.lower()):
        if name in FLAT:
            return FLAT[name]
    standard = STANDARD.get(variable.text("standard_name"), "")
    return SIGNED.get(standard) or FLAT.get(standard)


def is_mean(variable: Variable) -> bool:
    """Tell whether values are means over the time before."""
    methods = variable.text("cell_methods").replace(" ", "")
    return (
        variable.text("GRIB_stepType") == "avg"
        or "time:mean" in methods
        or variable.name.lower().startswith(_MEANS)
    )


def sign_of(meaning: Meaning) -> float:
    """Return what makes heat positive upward, and stress along the wind."""
    if meaning.quantity != "heat flux":
        return 1.0
    return 1.0 if meaning.sign == "up" else -1.0
