"""From the variables of one time to the fields of a record, in its units.

``WWND`` is dp/dt in hPa/s (S141; PRFSIG multiplies it by 100). In the samples it goes with the
omega of mass conservation: correlation 0.94 to 0.97 and slope 0.83 to 0.91 at sigma 0.78 to 0.43 of
the NGM, 0.73 to 0.79 at 500 hPa of the small GDAS one; that also tells that rows go north. ``SHTF``
and ``HFLX`` are above 0 where heat flows up: in both samples they are so over land by day. ``UMOF``
and ``VMOF`` have no sign that all centres share (HYSPLIT takes their length): the GDAS sample has
them against the wind. They are turned to the stress of the wind on the ground, with a notice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vigie.formats.arl._humidity import specific_humidity
from vigie.formats.arl._sums import GAUGE_HOURS, HOUR_NS, Mean, Sum, Sums, emptied_ns
from vigie.formats.base import IssueLog

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.formats.arl._grid import Grid
    from vigie.formats.arl._walk import Block

    FloatArray = NDArray[np.float64]
    Fields = dict[str, FloatArray]

UPPER = {
    "TEMP": ("temperature_k", 1.0),
    "SPHU": ("specific_humidity", 1.0),
    "HGTS": ("geopotential_height_m", 1.0),
    "WWND": ("omega_pa_s", 100.0),
}
"""Variable to field and factor; winds and relative humidity go their own ways."""
SURFACE = {
    "PRSS": ("surface_pressure_pa", 100.0),
    "SHGT": ("ground_m", 1.0),
    "PBLH": ("boundary_layer_m", 1.0),
    "USTR": ("friction_velocity_m_s", 1.0),
    "T02M": ("temperature_2m_k", 1.0),
}
HEAT = ("SHTF", "HFLX")
"""Names of the sensible heat flux; the first that is there."""
STRESS = ("UMOF", "VMOF")
FILLED = ("SPHU", "RELH", "WWND")
"""What models leave out aloft as it is nearly nothing there; 0 is taken, with a notice."""
CORRECTIONS = {"WWND": "DIFW"}
"""What the packing lost of a variable (HYSPLIT's readme of arw2arl); of rain it is DIFR."""
OF_THE_TIME = ((1, "UWND"), (1, "TEMP"), (0, "PRSS"))
"""Level and variable of what is no mean."""
RAIN_MM_H = 3.6e6
"""m/s in mm/h."""
KNOWN = frozenset(
    {*UPPER, *SURFACE, *HEAT, *STRESS, "UWND", "VWND", "U10M", "V10M", "RELH", "DIFW", "DIFR"}
    | {f"{kind}{letter}" for kind in ("TPP", "CPP") for letter in GAUGE_HOURS}
)


@dataclass(slots=True)
class Memory:
    """What is known from the times before."""

    log: IssueLog
    has_means: bool = False
    """Whether forecast hours of rain and fluxes are how long they are sums or means over."""
    sums: Sums = field(default_factory=Sums)
    stress_sign: float = 0.0
    """-1 where the file has the stress of the ground on the wind; 0 if not known yet."""
    told: set[tuple[str, str]] = field(default_factory=set)

    def first(self, code: str, what: str = "") -> bool:
        """Tell whether something is told for the first time."""
        is_new = (code, what) not in self.told
        self.told.add((code, what))
        return is_new


def has_means(block: Block) -> bool:
    """Tell whether rain or fluxes have another forecast hour than what is of the time itself."""
    records = block.records
    of_time = [records[key].label.forecast_h for key in OF_THE_TIME if key in records]
    summed = {*HEAT, *STRESS, *(f"TPP{letter}" for letter in GAUGE_HOURS)}
    own = {records[0, name].label.forecast_h for name in summed if (0, name) in records}
    return bool(of_time) and any(hours not in {0, of_time[0]} for hours in own)


def fields_of(
    block: Block, grid: Grid, levels: tuple[FloatArray, FloatArray], memory: Memory
) -> tuple[Fields, float]:
    """Return the fields of one time, and how long their fluxes and rain are means over (s)."""
    found = {**_upper(block, levels, memory), **_winds(block, grid, memory)}
    for name, (target, factor) in SURFACE.items():
        if (values := block.values(0, name)) is not None:
            found[target] = factor * values
    rain, over_s = _rain(block, memory)
    fluxes, over_s = _fluxes(block, over_s, memory)
    return {**found, **rain, **_turned_stress(fluxes, found, grid, memory)}, over_s


def _upper(block: Block, levels: tuple[FloatArray, FloatArray], memory: Memory) -> Fields:
    found = {}
    for name, (target, factor) in UPPER.items():
        if (values := _column(block, name, memory)) is not None:
            found[target] = factor * values
    if "specific_humidity" in found or "temperature_k" not in found:
        return found
    relative, surface_hpa = _column(block, "RELH", memory), block.values(0, "PRSS")
    a_pa, b = (part[:, np.newaxis, np.newaxis] for part in levels)
    if relative is None or (surface_hpa is None and np.any(b)):
        return found
    pressure = a_pa + (0.0 if surface_hpa is None else b * 100.0 * surface_hpa)
    temperature = found["temperature_k"]
    if temperature.min() > 100.0 and np.min(pressure) > 0.0:
        found["specific_humidity"] = specific_humidity(relative, temperature, pressure)
    return found


def _column(block: Block, name: str, memory: Memory) -> FloatArray | None:
    """Return a variable on all levels above the surface; None where it is not on all of them."""
    fields = [_corrected(block, level, name) for level in range(1, len(block.levels))]
    known = [one for one in fields if one is not None]
    if not known:
        return None
    announced = [name in level.checksums for level in block.levels[1:]]
    n_known = len(known)
    if n_known < len(fields):
        aloft = announced == [k < n_known for k in range(len(fields))]
        if name not in FILLED or not aloft:
            _tell_levels(block, name, n_known, memory)
            return None
        if memory.first("arl.filled", name):
            above, n_levels = f"{block.levels[n_known].height:g}", str(len(fields))
            text = f"{name} ends at level {n_known} of {n_levels} ({above}); above it 0 is taken"
            memory.log.notice(
                block.place, "arl.filled", text,
                variable=name, level=str(n_known), levels=n_levels, height=above,
            )  # fmt: skip
        known += [np.zeros_like(known[0])] * (len(fields) - n_known)
    return np.stack(known)


def _corrected(block: Block, level: int, name: str) -> FloatArray | None:
    values = block.values(level, name)
    if values is None or name not in CORRECTIONS:
        return values
    correction = block.values(level, CORRECTIONS[name])
    return values if correction is None else values + correction


def _tell_levels(block: Block, name: str, known: int, memory: Memory) -> None:
    levels = len(block.levels) - 1
    text = f"{name} stands at {known} of {levels} levels; left out of this time"
    memory.log.omission(
        block.place, "arl.levels", text, variable=name, known=str(known), levels=str(levels)
    )


def _winds(block: Block, grid: Grid, memory: Memory) -> Fields:
    """Return winds toward east and north; one part without the other says nothing of either."""
    found = {}
    u, v = _column(block, "UWND", memory), _column(block, "VWND", memory)
    if u is not None and v is not None:
        found["east_m_s"], found["north_m_s"] = grid.to_geographic(*_kept(grid, u, v))
    u, v = block.values(0, "U10M"), block.values(0, "V10M")
    if u is not None and v is not None:
        found["east_10m_m_s"], found["north_10m_m_s"] = grid.to_geographic(*_kept(grid, u, v))
    return found


def _kept(grid: Grid, u: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    return u[..., : grid.n_columns], v[..., : grid.n_columns]


def _rain(block: Block, memory: Memory) -> tuple[Fields, float]:
    letter = next((one for one in GAUGE_HOURS if (0, f"TPP{one}") in block.records), None)
    if letter is None:
        return {}, 0.0
    rain = _rain_mean(block, f"TPP{letter}", memory)
    if rain is None:
        return {}, 0.0
    if (0, f"CPP{letter}") not in block.records:
        return {"large_scale_rain_mm_h": RAIN_MM_H * rain.value}, rain.over_s
    convective = _rain_mean(block, f"CPP{letter}", memory)
    if convective is None or convective.over_s != rain.over_s:
        return {}, 0.0
    found = {
        "large_scale_rain_mm_h": RAIN_MM_H * (rain.value - convective.value),
        "convective_rain_mm_h": RAIN_MM_H * convective.value,
    }
    return found, rain.over_s


def _rain_mean(block: Block, name: str, memory: Memory) -> Mean | None:
    """Return the mean rain (m/s) of a gauge that has been read at this time."""
    record = block.records[0, name]
    label = record.label
    total, correction = block.values(0, name), block.values(0, "DIFR")
    if total is not None and correction is not None and name.startswith("TPP"):
        total = total + correction
    own_h = label.forecast_h if memory.has_means else 0
    start_ns = emptied_ns(block.time_ns, GAUGE_HOURS[name[3]], own_h)
    # A field without differences is packed as it is, whatever its label says.
    half_step = math.ldexp(1.0, label.exponent - 8) if np.any(record.packed != 127) else 0.0
    rain = None
    if total is not None:
        rain = memory.sums.mean(name, Sum(total, start_ns, block.time_ns, half_step))
    if rain is None:
        text = f"since when {name} was summed is not known; no rain at this time"
        memory.log.omission(block.place, "arl.rain", text, variable=name)
    return rain


def _fluxes(block: Block, over_s: float, memory: Memory) -> tuple[Fields, float]:
    """Return heat and stress as the file has them or, of means, over the last interval."""
    names = {"heat": next((name for name in HEAT if (0, name) in block.records), "")}
    names |= {name: name for name in STRESS if all((0, one) in block.records for one in STRESS)}
    found = {}
    for target, name in names.items():
        values = block.values(0, name)
        if values is None:
            continue
        own_h = block.records[0, name].label.forecast_h if memory.has_means else 0
        if not own_h:
            found[target] = values
            if over_s and memory.first("arl.fluxes"):
                text = "fluxes are as the file has them, be they means or not; rain is a mean"
                memory.log.notice(block.place, "arl.fluxes", text)
            continue
        start_ns = block.time_ns - own_h * HOUR_NS
        total = Sum(3600.0 * own_h * values, start_ns, block.time_ns)
        mean = memory.sums.mean(name, total)
        if mean is not None and over_s in {0.0, mean.over_s}:
            found[target], over_s = mean.value, mean.over_s
        elif memory.first("arl.over", name):
            text = f"{name} is a mean over another interval than rain; left out"
            memory.log.omission(block.place, "arl.over", text, variable=name)
    return found, over_s


def _turned_stress(fluxes: Fields, found: Fields, grid: Grid, memory: Memory) -> Fields:
    turned = {"sensible_heat_w_m2": fluxes["heat"]} if "heat" in fluxes else {}
    if not fluxes.keys() >= set(STRESS):
        return turned
    east, north = grid.to_geographic(*_kept(grid, fluxes["UMOF"], fluxes["VMOF"]))
    if not memory.stress_sign:
        memory.stress_sign = _sign_of_stress((east, north), found)
        if memory.stress_sign < 0.0:
            text = "UMOF and VMOF point against the wind; turned to its stress on the ground"
            memory.log.notice("file", "arl.stress", text)
    if memory.stress_sign:
        turned["stress_east_n_m2"] = memory.stress_sign * east
        turned["stress_north_n_m2"] = memory.stress_sign * north
    return turned


def _sign_of_stress(stress: tuple[FloatArray, FloatArray], found: Fields) -> float:
    if "east_10m_m_s" in found:
        east, north = found["east_10m_m_s"], found["north_10m_m_s"]
    elif "east_m_s" in found:
        east, north = found["east_m_s"][0], found["north_m_s"][0]
    else:
        return 0.0
    return float(np.sign(np.sum(stress[0] * east + stress[1] * north)))
