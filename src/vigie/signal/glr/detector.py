"""Plane waves in white noise of unknown level: the generalised likelihood ratio, wave by wave.

For one wave of slowness s in Gaussian noise of equal, unknown level the likelihood ratio is a
function of the beam's relative power C alone, N K ln(1/(1-C)), that is of
F = (N-1) C/(1-C), with 2K and 2K(N-1) degrees of freedom in noise, K the number of independent
coefficients (not K and K(N-1), as is often taken). The records are whitened first, each by its own
long-term spectrum, and windows are not tapered: a taper moved by the delays of a beam is no taper
of the beam, and the F law would not hold.

The p-value is that of the maximum over all slownesses (``signal.fisher``). Overlapping waves are
found one after the other: the first is taken out in windows that move with it (its direction is
taken from them too), two and more together in widened windows (``several``), and the rest, across
their steering vectors, is searched again with one element less of noise each. Windows that would
move or widen out of the record, or into a gap, are not searched further.

Sources: Shumway (1999) in "Acoustic Signal Processing"; Poste, Charbit, Le Pichon et al. (2023),
Geophys. J. Int. 232, 1099-1126, for the ratio in several bands. Assumes noise that is not
correlated between elements. Accuracy and cost as measured: ``docs/methods/glr.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import wrap_azimuth_deg
from vigie.signal.array_spectra import Spectra, window_spectra
from vigie.signal.elements import check_geometry
from vigie.signal.fisher import fisher, maximum_p_value
from vigie.signal.fk import grid_maxima
from vigie.signal.fk_params import FkParams, SlownessGrid
from vigie.signal.fk_refine import climbed, refine, relative_power
from vigie.signal.glr.several import Record, without_waves
from vigie.signal.whitening import whitened

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ComplexArray = NDArray[np.complex128]

SOUND_S_PER_KM = 4.0
LEAST_ACROSS = 0.25
"""Share of a steering vector across the waves found before; beside them nothing can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlrParams:
    """What is searched."""

    band_hz: tuple[float, float] = (0.5, 4.0)
    window_s: float = 10.0
    step_s: float = 5.0
    grid: SlownessGrid = field(
        default_factory=lambda: SlownessGrid(max_s_per_km=SOUND_S_PER_KM, nodes=121)
    )
    """The default holds sound: 0.25 km/s and faster."""
    max_p_value: float = 1e-3
    """A wave less likely to be noise than this is reported, and another looked for behind it."""
    max_waves: int = 3


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """The waves of one search, as columns of one row per window."""

    order: int
    """0 for the strongest of each window, 1 for the next ..."""
    window: IntArray
    """Number of the window."""
    start_s: FloatArray
    """Of the window, from the first sample."""
    east_s_per_km: FloatArray
    north_s_per_km: FloatArray
    f_statistic: FloatArray
    p_value: FloatArray
    """Chance that noise is as coherent anywhere on the grid, in one window."""
    on_edge: NDArray[np.bool_]

    @property
    def azimuth_deg(self) -> FloatArray:
        """Back azimuth, 0 <= value < 360."""
        return wrap_azimuth_deg(np.degrees(np.arctan2(-self.east_s_per_km, -self.north_s_per_km)))

    @property
    def velocity_km_s(self) -> FloatArray:
        """Trace velocity."""
        size = np.hypot(self.east_s_per_km, self.north_s_per_km)
        return np.asarray(1.0 / np.maximum(size, 1e-9))


def find_waves(
    samples: FloatArray, rate_hz: float, offsets_km: FloatArray, params: GlrParams
) -> list[Wave]:
    """Find the plane waves in every window, the strongest first.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        Elements on one time axis, NaN where masked: a window that an element misses is left out.
    rate_hz : float
    offsets_km : ndarray, shape (n, 2)
    params : GlrParams

    Returns
    -------
    list of Wave
        First all windows; then, for those whose wave is no noise, what is behind it, and so on.

    Raises
    ------
    ArrayGeometryError
        Fewer than three elements, or all in line.
    """
    offsets = check_geometry(offsets_km)
    fk = FkParams(
        band_hz=params.band_hz, window_s=params.window_s, step_s=params.step_s,
        taper_fraction=0.0, grid=params.grid,
    )  # fmt: skip
    white = whitened(samples, rate_hz)
    record = Record(white, rate_hz, offsets, fk)
    spectra = window_spectra(white, rate_hz, fk)
    rows = np.flatnonzero(spectra.present.all(axis=1))
    step = max(round(params.step_s * rate_hz), 1)
    found: list[Wave] = []
    slowness = np.zeros((len(rows), 0, 2))
    for order in range(min(params.max_waves, len(offsets) - 2)):
        if not len(rows):
            break
        part = _rows(spectra, rows)
        if order == 1:
            part = _rest(record, slowness[:, 0], part, rows * step)
        elif order > 1:
            part, slowness, whole = without_waves(record, slowness, part, rows * step)
            rows, slowness, part = rows[whole], slowness[whole], _rows(part, np.flatnonzero(whole))
            found = [_with_slowness(w, rows, slowness[:, k]) for k, w in enumerate(found)]
            if not len(rows):
                break
        part, basis = _without(part, offsets, slowness)
        wave, new = _strongest(part, offsets, (fk, order), basis)
        wave = replace(wave, window=rows, start_s=rows * step / rate_hz)
        found.append(wave)
        sure = wave.p_value <= params.max_p_value
        rows = rows[sure]
        slowness = np.concatenate([slowness[sure], new[sure, None]], axis=1)
        if not order:
            sharp, whole = _sharpened(record, slowness[:, 0], _rows(spectra, rows), rows * step)
            rows, slowness = rows[whole], sharp[whole, None]
            found[0] = _with_slowness(wave, rows, slowness[:, 0])
    return found


def _with_slowness(wave: Wave, windows: IntArray, slowness: FloatArray) -> Wave:
    """Return a wave with a better slowness in some of its windows."""
    at = np.searchsorted(wave.window, windows)
    both = np.stack([wave.east_s_per_km, wave.north_s_per_km], axis=1)
    both[at] = slowness
    return replace(wave, east_s_per_km=both[:, 0], north_s_per_km=both[:, 1])


def _begins(record: Record, slowness: FloatArray, starts: IntArray) -> tuple[FloatArray, IntArray]:
    """Return the delays of each wave and the first samples of windows that move with it."""
    delay = slowness @ record.offsets_km.T * record.rate_hz
    return delay, (starts[:, None] + np.round(delay)).astype(np.int64)


def _moving(
    record: Record, slowness: FloatArray, spectra: Spectra, starts: IntArray
) -> ComplexArray:
    """Return the coefficients of windows that move with a wave, aligned to it, (windows, n, bins).

    They hold the same of the wave on every element; in windows that stand, what enters and leaves
    between the elements differs.
    """
    length = record.length
    delay, begin = _begins(record, slowness, starts)
    begin = np.clip(begin, 0, record.white.shape[1] - length)
    view = np.lib.stride_tricks.sliding_window_view(np.nan_to_num(record.white), length, axis=1)
    cut = view[np.arange(len(record.offsets_km))[None, :], begin]
    cut = cut - cut.mean(axis=2, keepdims=True)
    bins = np.round(spectra.freq_hz * length / record.rate_hz).astype(np.int64)
    values = np.fft.rfft(cut, axis=2)[:, :, bins] * spectra.weights[:, None]
    late = (begin - starts[:, None] - delay)[:, :, None]
    per_sample = -2j * np.pi * spectra.freq_hz / record.rate_hz
    return np.asarray(values * np.exp(per_sample * late))


def _turned(record: Record, slowness: FloatArray, aligned: Spectra) -> Spectra:
    """Turn aligned coefficients back to where they stood."""
    delay = (slowness @ record.offsets_km.T)[:, :, None]
    phase = -2j * np.pi * aligned.freq_hz * delay
    return replace(aligned, values=aligned.values * np.exp(phase))


def _sharpened(
    record: Record, slowness: FloatArray, spectra: Spectra, starts: IntArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the slowness of strong waves from windows that move with them.

    An array whose crossing time is much of a window sees in standing windows another part of the
    wave on each element, and misses its direction by enough to leave a wave behind. Told also is
    which windows stay within the record while they move: the others cannot be cleaned.
    """
    aligned = replace(spectra, values=_moving(record, slowness, spectra, starts))
    turned = _turned(record, slowness, aligned)
    sharp = climbed(turned, record.offsets_km, slowness, record.fk)
    _, begin = _begins(record, sharp, starts)
    lost = np.cumsum(~np.isfinite(record.white), axis=1)
    lost = np.concatenate([np.zeros((len(lost), 1), np.int64), lost], axis=1)
    last = record.white.shape[1] - record.length
    inside = np.clip(begin, 0, last)
    element = np.arange(len(record.offsets_km))[None, :]
    known = lost[element, inside + record.length] == lost[element, inside]
    return sharp, ((begin == inside) & known).all(axis=1)


def _rest(record: Record, slowness: FloatArray, spectra: Spectra, starts: IntArray) -> Spectra:
    """Return windows without their strongest wave: the mean of windows that move with it."""
    values = _moving(record, slowness, spectra, starts)
    values = values - values.mean(axis=1, keepdims=True)
    return _turned(record, slowness, replace(spectra, values=values))


def _rows(spectra: Spectra, rows: IntArray) -> Spectra:
    return replace(spectra, values=spectra.values[rows], present=spectra.present[rows])


def _strongest(
    spectra: Spectra, offsets: FloatArray, how: tuple[FkParams, int], basis: ComplexArray
) -> tuple[Wave, FloatArray]:
    fk, order = how
    node, _ = grid_maxima(spectra, offsets, fk.grid)
    slowness, on_edge = refine(spectra, offsets, fk, node)
    # Each wave that was taken out took one element's worth of noise with it.
    elements = np.full(len(slowness), len(offsets) - order)
    relative = (
        _projected_power(spectra, offsets, slowness, basis)
        if order
        else relative_power(spectra, offsets, slowness)
    )
    f_value, _ = fisher(relative, elements, spectra.independent_bins)
    p_value = maximum_p_value(
        relative,
        elements,
        spectra.independent_bins,
        (offsets, spectra.freq_hz),
        fk.grid.max_s_per_km,
    )
    none = np.zeros(len(slowness))
    east, north = slowness.T
    return Wave(
        order, none.astype(np.int64), none, east, north, f_value, p_value, on_edge
    ), slowness


def _steering(freq_hz: FloatArray, offsets: FloatArray, slowness: FloatArray) -> ComplexArray:
    """Return steering vectors as columns, shape (windows, bins, n, waves)."""
    delays = slowness @ offsets.T
    phase = -2j * np.pi * freq_hz[None, :, None, None] * delays[:, None, :, :]
    return np.asarray(np.exp(phase).transpose(0, 1, 3, 2))


def _without(
    spectra: Spectra, offsets: FloatArray, slowness: FloatArray
) -> tuple[Spectra, ComplexArray]:
    """Take the waves found before out of each window; return an orthonormal basis of them too."""
    if slowness.shape[1] == 0:
        return spectra, np.zeros(0, dtype=np.complex128)
    basis, _ = np.linalg.qr(_steering(spectra.freq_hz, offsets, slowness))
    values = spectra.values.transpose(0, 2, 1)[..., None]
    rest = values - basis @ (basis.conj().transpose(0, 1, 3, 2) @ values)
    left = np.ascontiguousarray(rest[..., 0].transpose(0, 2, 1))
    return replace(spectra, values=left), basis


def _projected_power(
    spectra: Spectra, offsets: FloatArray, slowness: FloatArray, basis: ComplexArray
) -> FloatArray:
    """Return the share of the power that a wave explains of what the waves before it left.

    Of its steering vector only the part across those waves counts.
    """
    steering = _steering(spectra.freq_hz, offsets, slowness[:, None])
    across = steering - basis @ (basis.conj().transpose(0, 1, 3, 2) @ steering)
    size = np.maximum(np.sum(np.abs(across) ** 2, axis=(2, 3)), LEAST_ACROSS * len(offsets))
    beam = np.sum(across[..., 0].conj() * spectra.values.transpose(0, 2, 1), axis=2)
    explained = np.sum(np.abs(beam) ** 2 / size, axis=1)
    return np.asarray(
        explained / np.maximum(np.sum(np.abs(spectra.values) ** 2, axis=(1, 2)), 1e-300)
    )
