"""All peaks of one spectrum in one call.

Blind resolution where none is stated; a first search; fits; shape and resolution learnt from the
strong peaks; energies adjusted on natural lines; rounds of residual search and fit until nothing is
added; fit of all with the law learnt. A peak is kept where its area exceeds what pure continuum
would give ``PeakParams.false_peaks`` times per spectrum.

Assumes independent Poisson counts per channel, and one detector: spectra of several detectors are
analysed one by one. Accuracy and cost as measured: ``docs/methods/peaks.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import CalibrationError
from vigie.radionuclide.peaks.blind import TYPICAL_GERMANIUM, find_resolution
from vigie.radionuclide.peaks.continuum import snip
from vigie.radionuclide.peaks.doublets import Divisions
from vigie.radionuclide.peaks.groups import Seeds
from vigie.radionuclide.peaks.limits import critical_levels, fit_significance
from vigie.radionuclide.peaks.model import DetectorModel, detector_model
from vigie.radionuclide.peaks.params import PeakParams
from vigie.radionuclide.peaks.recalibrate import Lines, recalibrate
from vigie.radionuclide.peaks.rounds import (
    Round,
    candidates,
    divided_seeds,
    fit_afresh,
    fit_all,
    pruned,
)
from vigie.radionuclide.peaks.scene import Scene, scene_of
from vigie.radionuclide.peaks.search import maxima, significance, threshold
from vigie.radionuclide.peaks.shape import (
    ASSUMED_LAW,
    BLIND_LAW,
    FWHM_OVER_SIGMA,
    SCINTILLATOR_LAW,
    ShapeLaw,
)
from vigie.radionuclide.peaks.shape_law import learn, shape_samples, widths_of
from vigie.records import Peak, Reason, Spectrum

if TYPE_CHECKING:
    from vigie.radionuclide.peaks.multiplet import GroupFit

FloatArray = NDArray[np.float64]

FIRST_Z = 5.0
"""Significance from which peaks are taken in the first search, before their shape is known."""
LEAST_COUNTS = 20
"""Fewer counts in all are no spectrum."""
MOST_PEAKS = 400
"""With more the search ends: spectra of filters have up to 120. So many are structure of which no
law is known, in a spectrum of very many counts, and each pass would take seconds."""
SEARCH_CUT = "peaks.search_cut"
SURVIVED_FWHM = 0.6
"""A candidate lives on in a fitted peak as near as this."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PeakAnalysis:
    """Peaks of a spectrum and everything that was learnt on the way."""

    peaks: tuple[Peak, ...]
    """By rising energy."""
    model: DetectorModel
    """As adjusted on this spectrum."""
    continuum: FloatArray
    """Counts per channel under the peaks, steps included, shape (n_channels,)."""
    continuum_sigma: FloatArray
    """Its standard error."""
    fitted: FloatArray
    """Continuum and peaks, shape (n_channels,)."""
    least_z: float
    """Significance from which a peak is kept."""
    range_kev: tuple[float, float]
    """Energies that were searched."""
    remarks: tuple[Reason, ...]
    params: PeakParams
    scene: Scene
    last: Round
    """The fits; ``fit_fixed`` goes on from there."""


def analyse_peaks(
    spectrum: Spectrum, model: DetectorModel | None = None, params: PeakParams | None = None
) -> PeakAnalysis:
    """Find and fit the peaks of a spectrum.

    Parameters
    ----------
    spectrum : Spectrum
    model : DetectorModel, optional
        The detector as known before (most recent prior); made from the spectrum's own calibration
        where None.
    params : PeakParams, optional

    Raises
    ------
    CalibrationError
        No energy calibration, or hardly any counts.
    """
    params = params or PeakParams()
    if spectrum.total < LEAST_COUNTS:
        raise CalibrationError(
            what="Energy",
            reason=f"{spectrum.total} counts show no peaks",
            remedy="Leave the spectrum out.",
        )
    model = with_resolution(model or detector_model(spectrum), spectrum)
    scene = scene_of(spectrum, model, params.low_kev)
    least_z = threshold(params.false_peaks, scene.sigma[scene.low : scene.high])
    last = fit_all(scene, _first_seeds(scene), None, params)
    prior = scene.model.shape
    scene = _recalibrated(_learnt(scene, last, prior), last, model, params)
    last = fit_afresh(scene, last, params)
    if not scene.model.widths().low:
        # A scintillator's continuum bends within a FWHM: what is left there is no peak.
        last, complete = _searched(scene, last, least_z, params)
        if not complete:
            model = model.remark(SEARCH_CUT)
            scene = scene.with_model(scene.model.remark(SEARCH_CUT))
    scene = _learnt(scene, last, prior)
    last = _kept(scene, fit_afresh(scene, last, params), least_z, params)
    return _result(_recalibrated(scene, last, model, params), last, least_z, params)


def with_resolution(model: DetectorModel, spectrum: Spectrum) -> DetectorModel:
    """Return the model with a resolution, found in the spectrum where none was known."""
    if model.resolution is None:
        channels = spectrum.channels
        energy, slope = model.energy.energy(channels), model.energy.slope(channels)
        found = find_resolution(spectrum.counts.astype(np.float64), energy, slope)
        code = "peaks.resolution_found" if found else "peaks.resolution_assumed"
        curve = found or TYPICAL_GERMANIUM
        model = replace(model, resolution=curve, shape=BLIND_LAW).remark(
            code, fwhm_kev=float(curve.fwhm(661.66))
        )
    if model.widths().low and model.shape in (ASSUMED_LAW, BLIND_LAW):
        model = replace(model, shape=SCINTILLATOR_LAW).remark(
            "peaks.low_resolution", fwhm_kev=float(model.widths().fwhm(661.66))
        )
    return model


def _first_seeds(scene: Scene) -> Seeds:
    base = np.maximum(snip(scene.counts, scene.fwhm), 0.5)
    z = significance(scene.counts, base, scene.sigma)
    margin = int(scene.fwhm[scene.low]) if scene.low < len(z) else 0
    z[: scene.low + margin] = z[max(scene.high - margin, 0) :] = 0.0
    found = maxima(z, FIRST_Z, scene.fwhm)
    areas = z[found] * np.sqrt(1.5 * scene.fwhm[found] * base[found])
    return Seeds.free(found.astype(float), areas)


def _learnt(scene: Scene, last: Round, prior: ShapeLaw) -> Scene:
    samples = shape_samples(scene, last)
    law = learn(samples, prior)
    curve, law = widths_of(samples, law, scene.model.widths(), blind=prior is BLIND_LAW)
    return scene.with_model(replace(scene.model, shape=law, resolution=curve))


def _recalibrated(scene: Scene, last: Round, before: DetectorModel, params: PeakParams) -> Scene:
    """Adjust the energies known before on the peaks as they stand now."""
    model = replace(
        scene.model, energy=before.energy, calibrated=before.calibrated, remarks=before.remarks
    )
    if not params.recalibrate or model.widths().low:
        return scene
    scene = scene.with_model(model)
    return scene.with_model(recalibrate(model, _lines(scene, last)))


def _lines(scene: Scene, last: Round) -> Lines:
    places, place_sigma, z, area = [np.zeros(0)], [np.zeros(0)], [np.zeros(0)], [np.zeros(0)]
    for fit in last.fits:
        common = fit.group.kinds == 0
        places.append(fit.places[common])
        place_sigma.append(fit.place_sigma[common])
        z.append(fit.p[: fit.n_peaks][common] / fit.null_sigma[common])
        area.append(fit.p[: fit.n_peaks][common])
    at = np.concatenate(places)
    slope = scene.model.energy.slope(at + scene.first_channel)
    return Lines(
        energy_kev=scene.energy(at),
        sigma_kev=np.concatenate(place_sigma) * slope,
        z=np.concatenate(z),
        area=np.concatenate(area),
    )


def _searched(scene: Scene, last: Round, least_z: float, params: PeakParams) -> tuple[Round, bool]:
    """Return all peaks found, and whether everything was tried."""
    refused = np.zeros(0)
    so_far = Divisions()
    for _ in range(params.max_passes):
        if len(last.seeds.places) > MOST_PEAKS:
            return last, False
        divided = divided_seeds(scene, last, so_far, least_z)
        if divided is not None:
            last = _kept(scene, fit_all(scene, divided, last, params), least_z, params)
        places, areas = candidates(scene, last, refused, least_z, params)
        if not len(places):
            break
        before = len(last.seeds.places)
        last = fit_all(scene, last.seeds.joined(places, areas), last, params)
        last = _kept(scene, last, least_z, params)
        kept = last.seeds.places
        away = (
            np.abs(places[:, np.newaxis] - kept).min(axis=1)
            if len(kept)
            else np.full(len(places), np.inf)
        )
        lost = away > SURVIVED_FWHM * scene.fwhm[scene.at(places)]
        refused = np.append(refused, places if len(kept) <= before else places[lost])
    return last, so_far.left_out == 0


def _kept(scene: Scene, last: Round, least_z: float, params: PeakParams) -> Round:
    """Drop insignificant peaks, one per group and fit, until none is left."""
    while True:
        seeds, refused = pruned(scene, last, least_z)
        if not len(refused):
            return last
        last = fit_all(scene, seeds, last, params)


def _result(scene: Scene, last: Round, least_z: float, params: PeakParams) -> PeakAnalysis:
    peaks = [peak for k, fit in enumerate(last.fits) for peak in _peaks(scene, fit, k)]
    energy = scene.energy_kev
    ends = (scene.low, max(scene.high - 1, scene.low))
    return PeakAnalysis(
        peaks=tuple(sorted(peaks, key=lambda one: one.energy_kev)),
        model=scene.model,
        continuum=last.continuum.level + last.steps,
        continuum_sigma=last.continuum.sigma,
        fitted=last.expected,
        least_z=least_z,
        range_kev=(float(energy[ends[0]]), float(energy[ends[1]])),
        remarks=scene.model.remarks,
        params=params,
        scene=scene,
        last=last,
    )


def _peaks(scene: Scene, fit: GroupFit, multiplet: int) -> list[Peak]:
    fwhm = scene.fwhm[scene.at(fit.places)]
    z = fit_significance(fit, fwhm)
    level, baseline = critical_levels(fit, fwhm)
    channel = fit.places + scene.first_channel
    energy = scene.model.energy
    slope = energy.slope(channel)
    own = np.where(fit.group.kinds == 1, np.exp(fit.p[2 * fit.n_peaks : 3 * fit.n_peaks]), 1.0)
    width = fit.group.sigma * np.exp(fit.theta[0]) * own * FWHM_OVER_SIGMA * slope
    return [
        Peak(
            channel=float(channel[i]),
            channel_sigma=float(fit.place_sigma[i]),
            energy_kev=float(energy.energy(channel[i])),
            energy_sigma_kev=float(
                np.hypot(fit.place_sigma[i] * slope[i], energy.sigma(channel[i]))
            ),
            area=float(fit.areas[i]),
            area_sigma=float(fit.area_sigma[i]),
            fwhm_kev=float(width[i]),
            baseline=float(baseline[i]),
            critical_level=float(level[i]),
            significance=float(z[i]),
            chi2_reduced=fit.chi2 / fit.dof,
            multiplet=multiplet,
        )
        for i in range(fit.n_peaks)
    ]
