"""Radioxenon in a germanium spectrum (SPALAX type): all lines of four isotopes at once.

What it computes: one Poisson fit of five windows of the spectrum, the X-ray group (26 to 38 keV)
and the gamma rays of 81.0, 163.9, 233.2 and 249.8 keV. Each isotope has one activity for all its
lines, so the X-ray group is shared out by what the gamma rays say; each window has a straight
baseline. Results: activities with their 4 x 4 covariance, detection, intervals and minimum
detectable activities as of ``likelihood``. Source: sheet 7.6; lines of ``vigie.facts.nuclides``.
Gaussian peaks with the width that the file states; efficiencies interpolated in ln-ln, their
stated errors as nuisances, one for each window. Assumes that no other line stands in the windows
than those of the isotopes. Accuracy: unbiased on simulated spectra of its own shapes (tests).
Cost: 0.1 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from vigie.errors import NobleGasInputError
from vigie.facts.nuclides import nuclide
from vigie.radionuclide.noble_gas.cell_model import CellModel
from vigie.radionuclide.noble_gas.cells import Box
from vigie.radionuclide.noble_gas.likelihood import LikelihoodFit, fit_sample
from vigie.radionuclide.noble_gas.templates import (
    FWHM_PER_SIGMA,
    channel_edges_kev,
    fwhm_coefficients,
    fwhm_kev,
)
from vigie.radionuclide.noble_gas.timing import Counting, effective_s, ingrowth_in_activity
from vigie.radionuclide.noble_gas.xenon import XE133, XE133M, XENONS

if TYPE_CHECKING:
    from vigie.records import Calibration, Spectrum

FloatArray = NDArray[np.float64]
XRAY_WINDOW_KEV = (26.0, 38.0)
GAMMA_KEV = (80.998, 163.93, 233.22, 249.794)
HALF_WINDOW_FWHM = 4.0
LEAST_INTENSITY = 1e-4
DEFAULT_FWHM = (0.3, 2.0e-3, 0.0)
"""FWHM^2 = a + b E of a good broad-energy germanium detector, keV, where a file states none."""
UNSTATED_EFFICIENCY_SIGMA = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    channels: slice
    edges_kev: FloatArray


def fit_germanium(
    spectrum: Spectrum,
    counting: Counting,
    *,
    ingrowth: float | None = None,
    rng: np.random.Generator | None = None,
) -> LikelihoodFit:
    """Fit the four isotopes to a spectrum.

    Parameters
    ----------
    ingrowth : float, optional
        Bq of Xe-133 to be counted as Xe-133m per Bq of it; None: what grows while counting.

    Returns
    -------
    LikelihoodFit
        ``nuclides`` and the first four rows of ``covariance`` in the order Xe-131m, Xe-133,
        Xe-133m, Xe-135.

    Raises
    ------
    NobleGasInputError
        No energy calibration or efficiencies, or a spectrum that does not reach the windows.
    """
    calibration = spectrum.calibration
    edges = channel_edges_kev(calibration, "gamma", len(spectrum.counts), spectrum.first_channel)
    fwhm = fwhm_coefficients(calibration.resolution, DEFAULT_FWHM)
    windows = _windows(edges, fwhm)
    response = _responses(windows, calibration, fwhm)
    seconds = np.array([effective_s(one.decay_per_s, counting) for one in XENONS])
    activity = response * seconds
    if ingrowth is None:
        ingrowth = ingrowth_in_activity(XE133M.decay_per_s, XE133.decay_per_s, counting.real_s)
    activity[:, 2] += ingrowth * activity[:, 1]
    columns = np.concatenate([activity, _baselines(windows)], axis=1)
    counts = np.concatenate([spectrum.counts[one.channels] for one in windows]).astype(np.float64)
    names = tuple(one.name for one in XENONS)
    relative, nuisances = _efficiency_doubts(windows, calibration, columns.shape[1])
    model = CellModel(
        cells=tuple(
            Box(atom="window", beta=(0.0, 0.0), gamma=(float(a), float(b)))
            for one in windows
            for a, b in zip(one.edges_kev[:-1], one.edges_kev[1:], strict=True)
        ),
        counts=np.stack([counts, np.zeros(len(counts)), np.zeros(len(counts))], axis=1),
        ratio=np.zeros((len(counts), 3)),
        design=np.stack([columns, np.zeros_like(columns), np.zeros_like(columns)]),
        relative=relative,
        nuisances=nuisances,
        has_gas=False,
        has_background=False,
    )
    return fit_sample(model, rng=rng, names=names)


def _windows(edges: FloatArray, fwhm: tuple[float, float, float]) -> list[_Window]:
    spans = [XRAY_WINDOW_KEV]
    for energy in GAMMA_KEV:
        half = HALF_WINDOW_FWHM * float(fwhm_kev(fwhm, np.array(energy)))
        spans.append((energy - half, energy + half))
    # Windows that meet become one, so that no channel counts twice.
    joined = [spans[0]]
    for low, high in spans[1:]:
        if low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    windows = []
    for low, high in joined:
        start, stop = np.searchsorted(edges, [low, high])
        if stop - start < 5 or edges[-1] < high or edges[0] > low:
            raise NobleGasInputError(
                what=f"the spectrum has {stop - start} channels from {low:.1f} to {high:.1f} keV",
                remedy="Radioxenon needs a spectrum from 26 to 260 keV with its calibration.",
            )
        windows.append(_Window(slice(int(start), int(stop)), edges[start : stop + 1]))
    return windows


def _responses(
    windows: list[_Window], calibration: Calibration, fwhm: tuple[float, float, float]
) -> FloatArray:
    """Return counts per decay of each isotope in each channel of the windows, shape (C, 4)."""
    edges = [one.edges_kev for one in windows]
    out = np.zeros((sum(len(one) - 1 for one in edges), len(XENONS)))
    for column, xenon in enumerate(XENONS):
        for line in nuclide(xenon.name).lines:
            if line.intensity < LEAST_INTENSITY:
                continue
            sigma = float(fwhm_kev(fwhm, np.array(line.energy_kev))) / FWHM_PER_SIGMA
            shape = [np.diff(ndtr((one - line.energy_kev) / sigma)) for one in edges]
            height = line.intensity * _efficiency(calibration, line.energy_kev)[0]
            out[:, column] += height * np.concatenate(shape)
    return out


def _efficiency(calibration: Calibration, energy_kev: float) -> tuple[float, float]:
    """Return efficiency and its relative error at an energy."""
    points = sorted(
        (p for p in calibration.efficiency if p.value > 0.0), key=lambda p: p.energy_kev
    )
    if len(points) < 2:
        raise NobleGasInputError(
            what=f"the spectrum has {len(points)} efficiencies",
            remedy="#g_Efficiency needs at least two.",
        )
    energy = np.log([p.energy_kev for p in points])
    value = np.exp(np.interp(np.log(energy_kev), energy, np.log([p.value for p in points])))
    errors = [p.sigma / p.value if p.sigma else UNSTATED_EFFICIENCY_SIGMA for p in points]
    return float(value), float(np.interp(np.log(energy_kev), energy, errors))


def _baselines(windows: list[_Window]) -> FloatArray:
    """Return a constant and a slope for each window, shape (C, 2 W)."""
    total = sum(len(one.edges_kev) - 1 for one in windows)
    out = np.zeros((total, 2 * len(windows)))
    at = 0
    for number, one in enumerate(windows):
        n = len(one.edges_kev) - 1
        out[at : at + n, 2 * number] = 1.0
        out[at : at + n, 2 * number + 1] = np.linspace(-1.0, 1.0, n)
        at += n
    return out


def _efficiency_doubts(
    windows: list[_Window], calibration: Calibration, n_columns: int
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return relative errors of the efficiency, one nuisance for each window, (W, C, K)."""
    sizes = [len(one.edges_kev) - 1 for one in windows]
    relative = np.zeros((len(windows), sum(sizes), n_columns))
    at = 0
    for number, (one, n) in enumerate(zip(windows, sizes, strict=True)):
        middle = float(one.edges_kev.mean())
        relative[number, at : at + n, : len(XENONS)] = _efficiency(calibration, middle)[1]
        at += n
    return relative, tuple(f"efficiency:{one.edges_kev.mean():.0f}" for one in windows)
