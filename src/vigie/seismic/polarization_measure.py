"""Polarization of a detection at a three-component station.

The components are matched by the directions of their sensitive axes: N and E letters where a
channel states no azimuth, stated azimuths otherwise. Horizontals called 1 and 2 without an
azimuth give rectilinearity, incidence and slowness but no azimuth, and the reason is said.
Components of different rates are brought to the lowest with an anti-alias filter. The rule itself:
``signal.polarization`` (DFX; Jurkevics 1988). Noise -30 ... -20.5 s before the onset gives
the mean; signal -1.5 ... +4 s; band 1 to 3 Hz, order 3.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import NS_PER_S, Waveform
from vigie.signal.elements import ElementData, element_data
from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.polarization import (
    Polarization,
    PolarizationParams,
    polarize,
    rotate_horizontals,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]

_LETTER_AZIMUTHS_DEG = {"N": 0.0, "E": 90.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class PolarizationRecipe:
    """Windows and band of the DFX rule."""

    noise_window_s: tuple[float, float] = (-30.0, -20.5)
    signal_window_s: tuple[float, float] = (-1.5, 4.0)
    band_hz: tuple[float, float] = (1.0, 3.0)
    poles: int = 3
    rule: PolarizationParams = field(default_factory=PolarizationParams)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentAxis:
    """Direction of a channel's sensitive axis, as the station's metadata state it."""

    azimuth_deg: float | None = None
    """None where unknown: letters N and E then stand for themselves."""
    dip_deg: float | None = None
    """Down from the horizontal; -90 is up, +90 down (reversed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolarizationMeasure:
    """What a three-component station says of one detection; None where not measured."""

    azimuth_deg: float | None = None
    azimuth_deg_sigma: float | None = None
    slowness_s_per_deg: float | None = None
    slowness_s_per_deg_sigma: float | None = None
    rectilinearity: float | None = None
    rectilinearity_sigma: float | None = None
    incidence_deg: float | None = None
    planarity: float | None = None
    horizontal_ratio: float | None = None
    window_start_ns: int | None = None
    reason: str = ""
    """What could not be measured, and why."""


def measure_polarization(
    waveforms: Sequence[Waveform],
    onset_ns: int,
    axes: Sequence[ComponentAxis] | None = None,
    recipe: PolarizationRecipe | None = None,
) -> PolarizationMeasure:
    """Measure the polarization of a signal.

    Parameters
    ----------
    waveforms : sequence of Waveform
        Unfiltered records of the vertical and two horizontals of one sensor, in equal units;
        one or more segments each.
    onset_ns : int
    axes : sequence of ComponentAxis, optional
        Of each waveform.
    recipe : PolarizationRecipe, optional
    """
    r = recipe or PolarizationRecipe()
    given = axes or [ComponentAxis()] * len(waveforms)
    start_ns = onset_ns + round((r.noise_window_s[0] - 10.0) * NS_PER_S)
    end_ns = onset_ns + round((r.signal_window_s[1] + 1.0) * NS_PER_S)
    if len({w.channel for w in waveforms}) != 3:
        return PolarizationMeasure(
            reason=f"{len({w.channel for w in waveforms})} components, not 3"
        )
    slowest_hz, band = min(w.rate_hz for w in waveforms), BandPass(*r.band_hz, r.poles)
    if not band.fits(slowest_hz):
        reason = f"{slowest_hz:g} samples per second are too few for {band}"
        return PolarizationMeasure(reason=reason)
    data = element_data(waveforms, np.zeros((len(waveforms), 2)), start_ns=start_ns, end_ns=end_ns)
    known = {w.channel: axis for w, axis in zip(waveforms, given, strict=True)}
    rotated = _vertical_north_east(data, [known[c] for c in data.channels])
    if isinstance(rotated, str):
        return PolarizationMeasure(reason=rotated)
    components, oriented = rotated
    found = _polarize(components, data, onset_ns, r)
    if isinstance(found, str):
        return PolarizationMeasure(reason=found)
    measure = PolarizationMeasure(
        azimuth_deg=found.azimuth_deg,
        azimuth_deg_sigma=found.azimuth_deg_sigma,
        slowness_s_per_deg=found.slowness_s_per_deg,
        slowness_s_per_deg_sigma=found.slowness_s_per_deg_sigma,
        rectilinearity=found.rectilinearity,
        rectilinearity_sigma=found.rectilinearity_sigma,
        incidence_deg=found.incidence_deg,
        planarity=found.planarity,
        horizontal_ratio=found.ratio,
        window_start_ns=onset_ns + round((r.signal_window_s[0] + found.start_s) * NS_PER_S),
    )
    if oriented:
        return measure
    return replace(
        measure,
        azimuth_deg=None,
        azimuth_deg_sigma=None,
        reason="no azimuth: the directions of the horizontal components are not known",
    )


def _vertical_north_east(
    data: ElementData, axes: Sequence[ComponentAxis]
) -> tuple[FloatArray, bool] | str:
    """Return Z, N, E (up, north, east) and whether the azimuths are known; or what is wrong."""
    letters = [c.component for c in data.channels]
    vertical = [
        i
        for i, (letter, axis) in enumerate(zip(letters, axes, strict=True))
        if letter == "Z" or (axis.dip_deg is not None and abs(axis.dip_deg) > 80.0)
    ]
    if len(vertical) != 1:
        return f"no vertical and two horizontals among components {', '.join(letters)}"
    first, second = sorted(
        (i for i in range(3) if i != vertical[0]), key=lambda i: _order(letters[i])
    )
    dip_deg = axes[vertical[0]].dip_deg
    up = data.samples[vertical[0]] * (-1.0 if dip_deg is not None and dip_deg > 0.0 else 1.0)
    azimuths = [_azimuth(letters[i], axes[i]) for i in (first, second)]
    if azimuths[0] is None or azimuths[1] is None:
        return np.stack([up, data.samples[first], data.samples[second]]), False
    try:
        north, east = rotate_horizontals(
            data.samples[first], data.samples[second], azimuths[0], azimuths[1]
        )
    except ParameterError as error:
        return str(error)
    return np.stack([up, north, east]), True


def _order(letter: str) -> int:
    return "N1E2".find(letter) % 5


def _azimuth(letter: str, axis: ComponentAxis) -> float | None:
    return _LETTER_AZIMUTHS_DEG.get(letter) if axis.azimuth_deg is None else axis.azimuth_deg


def _polarize(
    components: FloatArray, data: ElementData, onset_ns: int, recipe: PolarizationRecipe
) -> Polarization | str:
    lead = recipe.signal_window_s
    first = round((onset_ns + lead[0] * NS_PER_S - data.start_ns) * data.rate_hz / NS_PER_S)
    stop = first + round((lead[1] - lead[0]) * data.rate_hz)
    band = BandPass(*recipe.band_hz, recipe.poles)
    if first < 0 or stop > components.shape[1]:
        return "the record does not hold the signal window"
    if not np.isfinite(components[:, first:stop]).all():
        return "a component has a gap or mask in the signal window"
    bad = np.flatnonzero(~np.isfinite(components[:, :first]).all(axis=0))
    begin = int(bad[-1]) + 1 if len(bad) else 0
    run = components[:, begin:stop]
    filtered = np.stack([filter_causal(row - row.mean(), data.rate_hz, band) for row in run])
    noise = _noise(filtered, begin, onset_ns, data, recipe)
    signal = filtered[:, first - begin :] - noise.mean(axis=1, keepdims=True)
    return polarize(signal, data.rate_hz, recipe.rule) or "the components do not move"


def _noise(
    filtered: FloatArray, begin: int, onset_ns: int, data: ElementData, recipe: PolarizationRecipe
) -> FloatArray:
    """Noise window; zeros (a mean of zero, as of any band-passed record) where it has no data."""
    edges = [
        round((onset_ns + t * NS_PER_S - data.start_ns) * data.rate_hz / NS_PER_S) - begin
        for t in recipe.noise_window_s
    ]
    if edges[0] < 0:
        return np.zeros((3, 1))
    return filtered[:, edges[0] : edges[1]]
