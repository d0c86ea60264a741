"""What a becquerel of each xenon puts into the channels of the windows, and the doubts about it.

Peaks have the house's shape (``peaks.shape``: Gaussian, tails, step), with the width and the law
that the strong peaks of the spectrum itself gave (``peaks.analyse_peaks``) and its energies.
Nuisances: width, short tail and energy of each window, long tail and step of all, within the errors
of the law and of the calibration.
Continuum: a parabola below 100 keV, above straight and curved within a prior. Peaks found
in a window that are no xenon, and the natural lines there, have free areas and the same shape.
Ba-133, where its 356 keV ray is found, has one free activity for that ray, 81 keV and its X-rays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import nuclide
from vigie.radionuclide.noble_gas.germanium_energy import OWN_FWHM, FoundPeaks, shifted
from vigie.radionuclide.noble_gas.germanium_windows import BARIUM_KEV, Window
from vigie.radionuclide.noble_gas.xenon import XENONS
from vigie.radionuclide.peaks.analysis import LEAST_COUNTS, analyse_peaks, with_resolution
from vigie.radionuclide.peaks.efficiency import EfficiencyCurve
from vigie.radionuclide.peaks.model import detector_model
from vigie.radionuclide.peaks.params import PeakParams
from vigie.radionuclide.peaks.scene import Scene, scene_of
from vigie.radionuclide.peaks.shape import TERMS, profile

if TYPE_CHECKING:
    from vigie.records import Spectrum

FloatArray = NDArray[np.float64]
Doubts = list[tuple[str, FloatArray]]
CHANGE = (-0.9, 9.0)
"""Ends of relative changes of a cell."""
LEAST_SHARE = 1e-9
"""Of a column's largest cell, below which a cell is empty."""
XE133_ROW, XE133M_ROW = 1, 2
"""Places in ``XENONS``."""
LEAST_INTENSITY = 1e-4
NATURAL_KEV = (72.8, 74.97, 77.11, 84.9, 87.3, 238.63)
"""K X-rays of lead and bismuth, Pb-212."""
BARIUM_SIGMA = 0.3
"""Relative error of its 81 keV ray and X-rays against 356 keV: they are summed in coincidence."""
XENON_XRAYS_KEV = (28.9, 36.5)
"""Found peaks between are X-rays of xenon and caesium, resolved or not."""
CURVATURE = 0.03
"""Of a continuum under a gamma ray above 100 keV: share of its level, one standard deviation."""
OWN_TERMS, COMMON_TERMS = (0, 1), (2, 4)
"""Of ``peaks.shape.TERMS``: width and short tail; long tail and step."""


def gas_scene(spectrum: Spectrum) -> tuple[Scene, FoundPeaks]:
    """Return a spectrum with the shape its peaks show, and the peaks found.

    A spectrum of hardly any counts keeps the stated model.

    Raises
    ------
    CalibrationError
        The energy is not calibrated.
    """
    if spectrum.total < LEAST_COUNTS:
        model = with_resolution(detector_model(spectrum), spectrum)
        return scene_of(spectrum, model, PeakParams().low_kev), FoundPeaks.none()
    found = analyse_peaks(spectrum)
    return found.scene, FoundPeaks(
        places=np.array([one.channel - spectrum.first_channel for one in found.peaks]),
        sigma=np.array([one.channel_sigma for one in found.peaks]),
        z=np.array([one.significance for one in found.peaks]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A line in a window that is no xenon; its area is free."""

    window: int
    energy_kev: float
    natural: bool
    """Of ``NATURAL_KEV``: it stands there whether found or not."""


def strangers(scene: Scene, places: FloatArray) -> FloatArray:
    """Return energies of the peaks found that are neither lines of xenon nor natural ones."""
    energies = scene.energy(places) if len(places) else np.zeros(0)
    known = np.array([*_xenon_lines(), *NATURAL_KEV])
    strange = [
        kev
        for kev in energies
        if not _xrays(kev) and np.abs(known - kev).min() > _reach(scene, kev)
    ]
    return np.array(strange)


def foreign_lines(scene: Scene, windows: Sequence[Window], places: FloatArray) -> list[Foreign]:
    """Return the lines of windows that are no xenon: peaks found, and natural ones.

    The latter stand there whether found or not: too weak to be found they would bend the
    continuum beside xenon. Windows of one cell have none.
    """
    energies = scene.energy(places) if len(places) else np.zeros(0)
    missing = [k for k in NATURAL_KEV if not (np.abs(energies - k) <= _reach(scene, k)).any()]
    strange = set(strangers(scene, places).tolist())
    lines = _xenon_lines()
    out = []
    # The window of Ba-133 is there only where its ray is, which has a column of its own.
    energies = energies[np.abs(energies - BARIUM_KEV) > _reach(scene, BARIUM_KEV)]
    for number, window in enumerate(windows):
        if window.inside is not None:
            continue
        for kev in (*energies.tolist(), *missing):
            within = window.low_kev < kev < window.high_kev
            if within and not _xrays(kev) and np.abs(lines - kev).min() > _reach(scene, kev):
                natural = kev not in strange
                out.append(Foreign(window=number, energy_kev=float(kev), natural=natural))
    return out


def _xrays(kev: float) -> bool:
    return XENON_XRAYS_KEV[0] < kev < XENON_XRAYS_KEV[1]


def _reach(scene: Scene, kev: float) -> float:
    return OWN_FWHM * float(scene.model.widths().fwhm(kev))


def _xenon_lines() -> FloatArray:
    return np.array([x.energy_kev for one in XENONS for x in nuclide(one.name).lines])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Columns:
    """What makes the columns of peaks, but for the shape."""

    scene: Scene
    windows: Sequence[Window]
    curve: EfficiencyCurve
    seconds: FloatArray
    """Decays counted per Bq of each xenon."""
    ingrowth: float
    """Bq of Xe-133 that count as Xe-133m, per Bq of it."""
    foreign: Sequence[Foreign]
    barium: bool = False
    """Whether Ba-133 is there: a column of its lines in all windows."""
    energy_sigma_kev: Sequence[float] = ()
    """Of each window; where none is given energies are exact."""

    def shapes(self) -> tuple[FloatArray, Doubts]:
        """Return the columns of the fit and what the errors of shape and continuum do to them.

        Returns
        -------
        columns : ndarray, shape (C, 4 + K)
            Counts per Bq of each xenon; foreign peaks of area 1; Ba-133 per decay; continua.
        doubts : list of (str, ndarray)
            Name and relative change by one standard deviation, of the columns' shape.
        """
        base = self._peaks(np.zeros(len(TERMS)))
        flat, bends = _continua(self.windows)
        starts = np.cumsum([0] + [one.size for one in self.windows])
        doubts: Doubts = []
        for term in (*OWN_TERMS, *COMMON_TERMS):
            changed = np.pad(self._change(base, term), ((0, 0), (0, flat.shape[1])))
            if term in COMMON_TERMS:
                doubts.append((TERMS[term], changed))
                continue
            for one, start in zip(self.windows, starts[:-1], strict=True):
                own = np.zeros_like(changed)
                own[start : start + one.size] = changed[start : start + one.size]
                doubts.append((f"{TERMS[term]}:{one.line_kev:.0f}", own))
        doubts += self._other_doubts(base, flat.shape[1])
        doubts += [(name, np.pad(bend, ((0, 0), (base.shape[1], 0)))) for name, bend in bends]
        return np.concatenate([base, flat], axis=1), doubts

    def _change(self, base: FloatArray, term: int) -> FloatArray:
        """Return the relative change of peaks when a term of the shape moves by its error."""
        shift = np.zeros(len(TERMS))
        shift[term] = 1.0
        return _relative(self._peaks(shift), base)

    def _other_doubts(self, base: FloatArray, n_continua: int) -> Doubts:
        """Return what errors of energies do, and the coincidences of Ba-133."""
        out: Doubts = []
        at = 0
        for one, sigma in zip(self.windows, self.energy_sigma_kev, strict=False):
            moved = replace(self, scene=shifted(self.scene, sigma))
            change = _relative(moved._peaks(np.zeros(len(TERMS))), base)
            own = np.zeros(base.shape)
            own[at : at + one.size] = change[at : at + one.size]
            out.append((f"energy:{one.line_kev:.0f}", own))
            at += one.size
        if self.barium:
            change = np.zeros(base.shape)
            rays = np.repeat([one.line_kev for one in self.windows], [w.size for w in self.windows])
            change[rays != BARIUM_KEV, -1] = BARIUM_SIGMA
            out.append(("Ba-133", change))
        return [(name, np.pad(one, ((0, 0), (0, n_continua)))) for name, one in out]

    def _peaks(self, shift: FloatArray) -> FloatArray:
        """Return the columns of peaks, the shape moved by ``shift`` standard errors of the law."""
        n_xenon, n_foreign = len(XENONS), len(self.foreign)
        parts = []
        for number, one in enumerate(self.windows):
            out = np.zeros((one.size, n_xenon + n_foreign + self.barium))
            for column, xenon in enumerate(XENONS):
                out[:, column] = self.seconds[column] * self._lines(one, xenon.name, shift)
            out[:, XE133M_ROW] += self.ingrowth * out[:, XE133_ROW]
            for column, peak in enumerate(self.foreign, start=n_xenon):
                if peak.window == number:
                    out[:, column] = _peak(self.scene, one, peak.energy_kev, shift)
            if self.barium:
                out[:, -1] = self._lines(one, "Ba-133", shift)
            parts.append(out)
        return np.concatenate(parts)

    def _lines(self, window: Window, name: str, shift: FloatArray) -> FloatArray:
        """Return counts per decay in the cells of a window."""
        out = np.zeros(window.size)
        for line in nuclide(name).lines:
            near = window.low_kev - 3.0 < line.energy_kev < window.high_kev + 15.0
            if line.intensity >= LEAST_INTENSITY and near:
                height = line.intensity * float(self.curve.efficiency(line.energy_kev))
                out += height * _peak(self.scene, window, line.energy_kev, shift)
        return out


def _relative(changed: FloatArray, base: FloatArray) -> FloatArray:
    there = base > LEAST_SHARE * base.max(axis=0)
    relative = changed / np.where(there, base, 1.0) - 1.0
    return np.where(there, np.clip(relative, *CHANGE), 0.0)


def _peak(scene: Scene, window: Window, energy_kev: float, shift: FloatArray) -> FloatArray:
    law = scene.model.shape
    place = float(scene.model.energy.channel(energy_kev)) - scene.first_channel
    theta = law.theta(energy_kev) + shift * law.sigma(energy_kev)
    sigma = float(scene.model.sigma_channels(energy_kev))
    return window.cells(profile(place - window.first, sigma, theta, window.channels))


def _continua(windows: Sequence[Window]) -> tuple[FloatArray, Doubts]:
    """Return level, slope and, in wide windows, curvature; elsewhere how far the level may bend."""
    total = sum(one.size for one in windows)
    columns: list[FloatArray] = []
    bends: list[tuple[str, int, FloatArray]] = []
    at = 0
    for one in windows:
        if one.inside is not None:
            # Its continuum is counted beside it.
            at += one.size
            continue
        x = np.linspace(-1.0, 1.0, one.size)
        bend = 1.5 * x**2 - 0.5
        if not one.wide:
            bends.append((f"curvature:{one.line_kev:.0f}", len(columns), _placed(bend, at, total)))
        shapes = (np.ones(one.size), x, bend) if one.wide else (np.ones(one.size), x)
        columns += [_placed(shape, at, total) for shape in shapes]
        at += one.size
    doubts: Doubts = []
    for name, column, bend in bends:
        relative = np.zeros((total, len(columns)))
        relative[:, column] = CURVATURE * bend
        doubts.append((name, relative))
    return np.stack(columns, axis=1) if columns else np.zeros((total, 0)), doubts


def _placed(shape: FloatArray, at: int, total: int) -> FloatArray:
    out = np.zeros(total)
    out[at : at + len(shape)] = shape
    return out
