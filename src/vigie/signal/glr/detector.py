"""Plane waves in white noise of unknown level: the generalised likelihood ratio, wave by wave.

For one wave of slowness s in Gaussian noise of equal, unknown level the likelihood ratio is a
function of the beam's relative power C alone, N K ln(1/(1-C)), that is of
F = (N-1) C/(1-C), with 2K and 2K(N-1) degrees of freedom in noise, K the number of independent
coefficients (not K and K(N-1), as is often taken). The records are whitened first, each by its own
long-term spectrum, and windows are not tapered: a taper moved by the delays of a beam is no taper
of the beam, and the F law would not hold.

The p-value is that of the maximum over all slownesses (``signal.fisher``). Overlapping waves are
found one after the other: the first is taken out in windows that move with it, the others by
projection, a (a^H X)/N in each bin, and the rest is searched again with one element less of noise
each.

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
from vigie.signal.fk_refine import refine, relative_power
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
    spectra = window_spectra(white, rate_hz, fk)
    rows = np.flatnonzero(spectra.present.all(axis=1))
    step = max(round(params.step_s * rate_hz), 1)
    found: list[Wave] = []
    slowness = np.zeros((len(rows), 0, 2))
    for order in range(min(params.max_waves, len(offsets) - 2)):
        if not len(rows):
            break
        part = _rows(spectra, rows)
        if order:
            span = (rows * step, round(params.window_s * rate_hz))
            part = _rest((white, rate_hz), (offsets, slowness[:, 0]), part, span)
        part, basis = _without(part, offsets, slowness)
        wave, new = _strongest(part, offsets, (fk, order), basis)
        wave = replace(wave, window=rows, start_s=rows * step / rate_hz)
        found.append(wave)
        sure = wave.p_value <= params.max_p_value
        rows = rows[sure]
        slowness = np.concatenate([slowness[sure], new[sure, None]], axis=1)
    return found


def _rest(
    record: tuple[FloatArray, float],
    first: tuple[FloatArray, FloatArray],
    spectra: Spectra,
    span: tuple[IntArray, int],
) -> Spectra:
    """Return windows without their strongest wave.

    Windows that move with the wave hold the same of it on every element, so that their mean takes
    it out wholly; in windows that stand, what enters and leaves between the elements would remain.
    """
    white, rate_hz = record
    offsets, slowness = first
    starts, length = span
    delay = slowness @ offsets.T * rate_hz
    begin = np.clip(starts[:, None] + np.round(delay), 0, white.shape[1] - length).astype(np.int64)
    view = np.lib.stride_tricks.sliding_window_view(np.nan_to_num(white), length, axis=1)
    cut = view[np.arange(len(offsets))[None, :], begin]
    cut = cut - cut.mean(axis=2, keepdims=True)
    bins = np.round(spectra.freq_hz * length / rate_hz).astype(np.int64)
    values = np.fft.rfft(cut, axis=2)[:, :, bins]
    per_sample = -2j * np.pi * spectra.freq_hz / rate_hz
    late = (begin - starts[:, None] - delay)[:, :, None]
    # Aligned to the fraction of a sample, cleaned, and turned back to where they stood.
    values = values * np.exp(per_sample * late)
    values = values - values.mean(axis=1, keepdims=True)
    return replace(spectra, values=values * np.exp(per_sample * delay[:, :, None]))


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
