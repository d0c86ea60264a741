"""ARL packed weather to one record per time.

Layout: sheet of the packing in ``_packing``, of labels in ``_label``, of indices in ``_index``;
units and signs in ``_fields``, means in ``_sums``, projections in ``_grid``.

A record whose checksum is wrong is left out, and with it its variable at this time, as a field has
no gaps; the other variables stay. Two-digit years 40 to 99 are of the 20th century. Levels that
follow the terrain by height, or that WRF's hybrid table describes elsewhere, are refused.

Accuracy: half a step of the packing, which is 2**e / 256 for differences up to 2**e between
neighbours. In the NGM sample that is 0.03 to 0.13 m/s of wind, 0.03 to 0.06 K, 50 Pa, 4e-6 to 6e-5
kg/kg, 0.03 to 0.24 mm of rain; in the GDAS sample 0.008 to 0.06 m/s, 0.004 to 0.06 K, 0.02 to 0.13
m of height. Rain as a difference has twice the error of a sum. Positions are within 1e-6 deg of the
stereographic formula.

Cost on one core: 0.03 ms a field of 23 x 15 points, 0.04 to 0.13 ms of 33 x 28 (on an idle to a
busy machine); a field of 360 x 181 takes 1.6 ms to unpack. Packed bytes are read where they lie;
what is held is the fields, float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import ParameterError
from vigie.formats.arl._fields import KNOWN, Memory, fields_of, has_means
from vigie.formats.arl._grid import Grid, grid_of
from vigie.formats.arl._index import HYBRID, PRESSURE, SIGMA, level_coefficients
from vigie.formats.arl._walk import Block, blocks
from vigie.records import WeatherState, format_iso
from vigie.records.weather import SURFACE, UPPER_AIR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.formats.base import IssueLog

    FloatArray = NDArray[np.float64]
    FieldArray = NDArray[np.float32]

Pairs = tuple[tuple[str, str], ...]
_KINDS = {SIGMA: "sigma", PRESSURE: "pressure", HYBRID: "hybrid"}
_BOUNDS = {**UPPER_AIR, **SURFACE}


def read_weather(data: bytes, log: IssueLog) -> tuple[tuple[WeatherState, ...], Pairs]:
    """Return the weather of each time, and what the file says of itself.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    found = tuple(blocks(data, log))
    memory = Memory(log, has_means=any(has_means(block) for block in found))
    grids: dict[object, Grid] = {}
    states: dict[int, WeatherState] = {}
    unread: dict[str, None] = {}
    header: Pairs = ()
    for block in found:
        header = header or _describe(block)
        names = (name for level in block.levels for name in level.checksums)
        unread.update(dict.fromkeys(name for name in names if name not in KNOWN))
        if block.time_ns in states:
            shown, expected = format_iso(block.time_ns, digits=0), "a time of its own"
            log.bad_record(block.place, field_name="time", text=shown, expected=expected)
        elif (state := _state(block, grids, memory)) is not None:
            states[block.time_ns] = state
    if unread:
        what = ", ".join(unread)
        log.omission("file", "arl.unread", f"variables that are not read: {what}", what=what)
    return tuple(states.values()), header


def _describe(block: Block) -> Pairs:
    head = block.head
    kind = _KINDS.get(head.kind, str(head.kind))
    size_km = head.grid[4]
    step = f"{size_km:g} km" if size_km else f"{head.grid[3]:g} x {head.grid[2]:g} deg"
    grid = f"{head.n_columns} x {head.n_rows}, {step}"
    return (("model", head.model), ("grid", grid), ("levels", f"{head.n_levels - 1} {kind}"))


def _state(block: Block, grids: dict[object, Grid], memory: Memory) -> WeatherState | None:
    head, log = block.head, memory.log
    if head.kind not in _KINDS:
        log.bad_record(
            block.place,
            field_name="kind of level",
            text=str(head.kind),
            expected="1 (sigma), 2 (pressure) or 4 (hybrid); give the model's pressure levels",
        )
        return None
    key = (head.grid, head.n_columns, head.n_rows)
    try:
        if key not in grids:
            grids[key] = grid_of(head)
        return _built(block, grids[key], memory)
    except ParameterError as error:
        text, expected = str(error.params["value"]), str(error.params["expected"])
        name = str(error.params["name"])
        log.bad_record(block.place, field_name=name, text=text, expected=expected)
        return None


def _built(block: Block, grid: Grid, memory: Memory) -> WeatherState | None:
    """Return the record of a time; None where no variable is known.

    Raises
    ------
    ParameterError
        The levels are none that fall upward in pressure.
    """
    levels = level_coefficients(block.head, block.levels)
    if block.head.kind == SIGMA and block.head.grid[11] and memory.first("arl.offset"):
        offset = f"{block.head.grid[11]:g}"
        text = f"sigma levels are taken to count from {offset} hPa, the last number of the grid"
        memory.log.notice(block.place, "arl.offset", text, offset=offset)
    found, over_s = fields_of(block, grid, levels, memory)
    sound = {name: _sound(name, found[name], block, grid, memory) for name in found}
    kept = {name: values for name, values in sound.items() if values is not None}
    if not kept:
        return None
    return WeatherState(
        time_ns=block.time_ns,
        latitude=grid.latitude,
        longitude=grid.longitude,
        level_a_pa=levels[0],
        level_b=levels[1],
        mean_over_s=over_s,
        source=f"{block.head.model}, ARL packed",
        **kept,
    )


def _sound(
    name: str, values: FloatArray, block: Block, grid: Grid, memory: Memory
) -> FieldArray | None:
    """Return a field as the record holds it; None, and told, where air cannot have its values."""
    low, high = _BOUNDS[name]
    found = np.ascontiguousarray(values[..., : grid.n_columns])
    smallest, largest = float(found.min()), float(found.max())
    if low <= smallest and largest <= high:
        return found.astype(np.float32)
    memory.log.bad_record(
        block.place,
        field_name=name,
        text=f"{smallest:g} to {largest:g}",
        expected=f"from {low:g} to {high:g}",
    )
    return None
