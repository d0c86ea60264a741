"""What a becquerel of each xenon puts into the channels of the windows, and the doubts about it.

Peaks have the house's shape (``peaks.shape``: Gaussian, tails, step), with the width and the law
that the strong peaks of the spectrum itself gave (``peaks.analyse_peaks``) and its energies.
Nuisances: width and short tail of each window, long tail and step of all, within the errors of the
law. Continuum: a parabola below 100 keV, above straight and curved within a prior. Peaks found
in a window that are no xenon, and the natural lines there, have free areas and the same shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import nuclide
from vigie.radionuclide.noble_gas.germanium_windows import Window
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
OWN_FWHM = 0.6
"""A found peak as near as this to a line of xenon is the line."""
NATURAL_KEV = (72.8, 74.97, 77.11, 84.9, 87.3, 238.63)
"""K X-rays of lead and bismuth, Pb-212."""
XENON_XRAYS_KEV = (28.9, 36.5)
"""Found peaks between are X-rays of xenon and caesium, resolved or not."""
CURVATURE = 0.03
"""Of a continuum under a gamma ray above 100 keV: share of its level, one standard deviation."""
OWN_TERMS, COMMON_TERMS = (0, 1), (2, 4)
"""Of ``peaks.shape.TERMS``: width and short tail; long tail and step."""


def gas_scene(spectrum: Spectrum) -> tuple[Scene, FloatArray]:
    """Return a spectrum with the shape its peaks show, and the places of the peaks found.

    Places are channels counted from 0. A spectrum of hardly any counts keeps the stated model.

    Raises
    ------
    CalibrationError
        The energy is not calibrated.
    """
    if spectrum.total < LEAST_COUNTS:
        model = with_resolution(detector_model(spectrum), spectrum)
        return scene_of(spectrum, model, PeakParams().low_kev), np.zeros(0)
    found = analyse_peaks(spectrum)
    places = [one.channel - spectrum.first_channel for one in found.peaks]
    return found.scene, np.array(places, dtype=np.float64)


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
    places: FloatArray
    """Of the peaks found, channels from 0."""

    def shapes(self) -> tuple[FloatArray, Doubts]:
        """Return the columns of the fit and what the errors of shape and continuum do to them.

        Returns
        -------
        columns : ndarray, shape (C, 4 + K)
            Counts per Bq of each xenon; foreign peaks of area 1; continua.
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
        doubts += [(name, np.pad(bend, ((0, 0), (base.shape[1], 0)))) for name, bend in bends]
        return np.concatenate([base, flat], axis=1), doubts

    def _change(self, base: FloatArray, term: int) -> FloatArray:
        """Return the relative change of peaks when a term of the shape moves by its error."""
        shift = np.zeros(len(TERMS))
        shift[term] = 1.0
        there = base > LEAST_SHARE * base.max(axis=0)
        relative = self._peaks(shift) / np.where(there, base, 1.0) - 1.0
        return np.where(there, np.clip(relative, *CHANGE), 0.0)

    def _peaks(self, shift: FloatArray) -> FloatArray:
        """Return the columns of peaks, the shape moved by ``shift`` standard errors of the law."""
        foreign = [
            (number, kev)
            for number, one in enumerate(self.windows)
            for kev in _foreign(self.scene, one, self.places)
        ]
        parts = []
        for number, one in enumerate(self.windows):
            out = np.zeros((one.size, len(XENONS) + len(foreign)))
            for column, xenon in enumerate(XENONS):
                out[:, column] = self.seconds[column] * self._xenon(one, xenon.name, shift)
            out[:, XE133M_ROW] += self.ingrowth * out[:, XE133_ROW]
            for column, (where, kev) in enumerate(foreign, start=len(XENONS)):
                if where == number:
                    out[:, column] = _peak(self.scene, one, kev, shift)
            parts.append(out)
        return np.concatenate(parts)

    def _xenon(self, window: Window, name: str, shift: FloatArray) -> FloatArray:
        """Return counts per decay in the cells of a window."""
        out = np.zeros(window.size)
        for line in nuclide(name).lines:
            near = window.low_kev - 3.0 < line.energy_kev < window.high_kev + 15.0
            if line.intensity >= LEAST_INTENSITY and near:
                height = line.intensity * float(self.curve.efficiency(line.energy_kev))
                out += height * _peak(self.scene, window, line.energy_kev, shift)
        return out


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


def _foreign(scene: Scene, window: Window, places: FloatArray) -> list[float]:
    """Return energies of peaks found in a window that are no lines of xenon, and of natural lines.

    The latter stand there whether found or not: too weak to be found they would bend the
    continuum beside xenon.
    """
    if window.inside is not None:
        return []
    energies = scene.energy(places) if len(places) else np.zeros(0)
    for natural in NATURAL_KEV:
        reach = OWN_FWHM * float(scene.model.widths().fwhm(natural))
        if not (np.abs(energies - natural) <= reach).any():
            energies = np.append(energies, natural)
    lines = np.array([x.energy_kev for one in XENONS for x in nuclide(one.name).lines])
    out = []
    for kev in energies:
        if not window.low_kev < kev < window.high_kev:
            continue
        if window.xrays and XENON_XRAYS_KEV[0] < kev < XENON_XRAYS_KEV[1]:
            continue
        if np.abs(lines - kev).min() > OWN_FWHM * float(scene.model.widths().fwhm(kev)):
            out.append(float(kev))
    return out
