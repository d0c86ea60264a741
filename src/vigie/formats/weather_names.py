"""What the fields of weather files are called, in which units they come, and which way is up.

Names: the short names of ECMWF's parameter database (which ecCodes and ERA5 files use) and the
standard names of the CF conventions. Signs: ECMWF counts fluxes downward whatever the standard
name in its files says (``sshf`` comes as "surface_upward_sensible_heat_flux"); NCEP counts heat
upward, and momentum upward as well, so that stress has the sign against the wind there.
"""

from __future__ import annotations

from dataclasses import dataclass

G_M_S2 = 9.80665
"""Standard gravity: geopotential over it is geopotential height."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a variable is: a field of ``WeatherState`` or a step on the way to one."""

    field: str
    quantity: str
    """Key of ``UNITS``."""
    on_levels: bool = False
    sign: str = ""
    """``ecmwf``: downward positive; ``up``, ``down``; empty where there is no question."""


HUMIDITY = "relative_humidity"
LOG_PRESSURE = "log_surface_pressure"
TOTAL_RAIN = "total_rain"

_HEAT = Meaning("sensible_heat_w_m2", "heat flux", sign="ecmwf")
_EAST = Meaning("stress_east_n_m2", "stress", sign="ecmwf")
_NORTH = Meaning("stress_north_n_m2", "stress", sign="ecmwf")
_LARGE = Meaning("large_scale_rain_mm_h", "rain")
_CONVECTIVE = Meaning("convective_rain_mm_h", "rain")
_TOTAL = Meaning(TOTAL_RAIN, "rain")
_U10 = Meaning("east_10m_m_s", "speed")
_V10 = Meaning("north_10m_m_s", "speed")
_T2 = Meaning("temperature_2m_k", "temperature")
_D2 = Meaning("dew_point_2m_k", "temperature")
_LAYER = Meaning("boundary_layer_m", "height")
_FRICTION = Meaning("friction_velocity_m_s", "speed")

UPPER = {
    "u": Meaning("east_m_s", "speed", on_levels=True),
    "v": Meaning("north_m_s", "speed", on_levels=True),
    "t": Meaning("temperature_k", "temperature", on_levels=True),
    "q": Meaning("specific_humidity", "ratio", on_levels=True),
    "r": Meaning(HUMIDITY, "percent", on_levels=True),
    "w": Meaning("omega_pa_s", "pressure speed", on_levels=True),
    "z": Meaning("geopotential_height_m", "height", on_levels=True),
    "gh": Meaning("geopotential_height_m", "height", on_levels=True),
}
"""By short name, where the variable has levels."""
FLAT = {
    "sp": Meaning("surface_pressure_pa", "pressure"),
    "lnsp": Meaning(LOG_PRESSURE, "logarithm"),
    "z": Meaning("ground_m", "height"),
    "orog": Meaning("ground_m", "height"),
    "sdor": Meaning("ground_spread_m", "height"),
    "blh": _LAYER,
    "hpbl": _LAYER,
    **dict.fromkeys(("sshf", "ishf", "avg_ishf", "msshf", "shtfl"), _HEAT),
    **dict.fromkeys(("ewss", "iews", "avg_iews", "metss", "utaua", "avg_utaua"), _EAST),
    **dict.fromkeys(("nsss", "inss", "avg_inss", "mntss", "vtaua", "avg_vtaua"), _NORTH),
    **dict.fromkeys(("zust", "fricv"), _FRICTION),
    **dict.fromkeys(("2t", "t2m"), _T2),
    **dict.fromkeys(("2d", "d2m"), _D2),
    **dict.fromkeys(("10u", "u10"), _U10),
    **dict.fromkeys(("10v", "v10"), _V10),
    **dict.fromkeys(("lsp", "lsrr", "avg_lsprate", "mlspr"), _LARGE),
    **dict.fromkeys(("cp", "crr", "cpr", "acpcp", "avg_cpr", "mcpr"), _CONVECTIVE),
    **dict.fromkeys(("tp", "prate", "tprate", "avg_tprate", "mtpr"), _TOTAL),
    "tcc": Meaning("cloud_cover", "fraction"),
}
"""By short name, where it has none."""
STANDARD = {
    "eastward_wind": "u",
    "northward_wind": "v",
    "air_temperature": "t",
    "specific_humidity": "q",
    "relative_humidity": "r",
    "lagrangian_tendency_of_air_pressure": "w",
    "omega": "w",
    "geopotential": "z",
    "geopotential_height": "gh",
    "surface_air_pressure": "sp",
    "surface_altitude": "orog",
    "surface_geopotential": "z",
    "atmosphere_boundary_layer_thickness": "blh",
    "surface_upward_sensible_heat_flux": "heat_up",
    "surface_downward_sensible_heat_flux": "heat_down",
    "surface_downward_eastward_stress": "ewss",
    "surface_downward_northward_stress": "nsss",
    "precipitation_flux": "tprate",
    "convective_precipitation_flux": "cpr",
    "large_scale_precipitation_flux": "lsrr",
    "cloud_area_fraction": "tcc",
}
"""Standard names of CF to short names."""
SIGNED = {
    "heat_up": Meaning("sensible_heat_w_m2", "heat flux", sign="up"),
    "heat_down": Meaning("sensible_heat_w_m2", "heat flux", sign="down"),
}
IGNORED = frozenset(
    {"lsm", "number", "expver", "prmsl", "msl", "mslet", "crs", "spatial_ref", "realization"}
)
"""Variables that nothing here needs: left out without a word."""
FLUXES = frozenset(
    {one.field for one in FLAT.values() if one.quantity in {"heat flux", "stress", "rain"}}
    | {TOTAL_RAIN}
)
"""Means over a time, or of a moment."""


@dataclass(frozen=True, slots=True)
class Unit:
    """How a unit becomes that of the record: value × factor + offset, over the time if summed."""

    factor: float
    offset: float = 0.0
    summed: bool = False


_ONE = Unit(1.0)
_METRES_H = 3.6e6
UNITS: dict[str, dict[str, Unit]] = {
    "speed": {"m s-1": _ONE, "m/s": _ONE, "": _ONE},
    "temperature": {"K": _ONE, "": _ONE, "degC": Unit(1.0, 273.15), "C": Unit(1.0, 273.15)},
    "ratio": {"kg kg-1": _ONE, "kg/kg": _ONE, "1": _ONE, "": _ONE, "g kg-1": Unit(1e-3)},
    "percent": {"%": _ONE, "": _ONE, "1": Unit(100.0)},
    "fraction": {"(0 - 1)": _ONE, "1": _ONE, "": _ONE, "%": Unit(0.01)},
    "pressure speed": {"Pa s-1": _ONE, "Pa/s": _ONE, "": _ONE, "hPa s-1": Unit(100.0)},
    "pressure": {
        **dict.fromkeys(("Pa", ""), _ONE),
        **dict.fromkeys(("hPa", "mb", "mbar", "millibar", "millibars"), Unit(100.0)),
    },
    "logarithm": dict.fromkeys(("", "~", "Numeric", "1"), _ONE),
    "height": {
        **dict.fromkeys(("m", "gpm", "metre", "metres", "meters", ""), _ONE),
        **dict.fromkeys(("m2 s-2", "m2/s2"), Unit(1.0 / G_M_S2)),
        "km": Unit(1e3),
    },
    "heat flux": {
        **dict.fromkeys(("W m-2", "W/m2"), _ONE),
        "J m-2": Unit(1.0, summed=True),
    },
    "stress": {
        **dict.fromkeys(("N m-2", "Pa"), _ONE),
        **dict.fromkeys(("N m-2 s", "N s m-2", "Pa s"), Unit(1.0, summed=True)),
    },
    "rain": {
        "m": Unit(_METRES_H, summed=True),
        "m s-1": Unit(_METRES_H),
        **dict.fromkeys(("kg m-2", "mm"), Unit(3600.0, summed=True)),
        **dict.fromkeys(("kg m-2 s-1", "mm s-1"), Unit(3600.0)),
        **dict.fromkeys(("mm h-1", "mm/h"), _ONE),
    },
}
"""Quantity to spelling to unit; the empty spelling stands for none given."""


def unit_of(quantity: str, text: str) -> Unit | None:
    """Return a unit as it is spelt in files; None where it is not known for this quantity.

    Examples
    --------
    >>> unit_of("rain", "kg m**-2 s**-1").factor
    3600.0
    """
    spelt = " ".join(text.replace("**", "").replace("^", "").split())
    spelt = "m" if quantity == "rain" and spelt == "m of water equivalent" else spelt
    return UNITS[quantity].get(spelt)
