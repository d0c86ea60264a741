"""Mean shape of each nuclide in the beta-gamma plane, from physics and calibration.

What it computes: for radon daughters, Xe-135, Xe-133, Xe-131m and Xe-133m the relative counts in
each channel of the plane: a sum of products of an electron side (beta spectra, conversion
electrons, a tail of electrons scattered back) and a photon side (full-energy peak, escape of
iodine X-rays, Compton shelf), each smeared with the resolution that the file states. Source:
shares of FOI-R--3451--SE, levels of ENSDF (rounded); Compton edge of kinematics. Assumes
NaI(Tl)-like photon detectors for the share of Compton events, which only matters where the
station states no ratio: cells are normalised to the station's own efficiencies and ratios
afterwards, and shapes have nuisances. Accuracy: shares of a region's counts along beta within 1
to 3 % of the simulator's event by event. Cost: 20 ms for five nuclides of 256 x 256 channels, 0.1
s with all doubts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import ndtr

from vigie.radionuclide.noble_gas.beta_spectrum import ELECTRON_KEV, beta_shape
from vigie.radionuclide.noble_gas.regions import channel_of_energy, first_channels

if TYPE_CHECKING:
    from vigie.records import Calibration, CalibrationPoint, PulseHeight

FloatArray = NDArray[np.float64]
FWHM_PER_SIGMA = 2.354820045
GRID_KEV = 4.0
"""Step of true electron energies."""
IODINE_X_KEV, IODINE_K_EDGE_KEV, IODINE_ESCAPE = 28.6, 33.17, 0.12
COMPTON_KEV = (20.0, 30.0, 81.0, 164.0, 250.0, 352.0, 662.0)
COMPTON_PER_PEAK = (0.0, 0.02, 0.08, 0.17, 0.40, 0.75, 1.90)
"""Compton events per full-energy event of a NaI(Tl) well, typical."""
DEFAULT_GAMMA_FWHM = (10.0, 0.6, 8.0e-4)
DEFAULT_BETA_FWHM = (60.0, 7.5, 0.0)
"""Of FWHM^2 = a + b E + c E^2, keV; of a SAUNA cell, where a file has no resolution."""
CS_KEV = ((30.80, 0.807), (35.1, 0.193))
XE_KEV = ((29.67, 0.817), (33.7, 0.183))
BI_KEV = ((76.3, 0.762), (88.0, 0.238))
"""K X-rays, Kalpha and Kbeta: energy and share."""
Component = tuple[float, float, float, tuple[tuple[float, float], ...]]
"""Share of decays, end point (0: none), conversion electron, photon lines with their shares."""
COMPONENTS: dict[str, tuple[Component, ...]] = {
    "Rn-222": (
        (0.376, 672.0, 0.0, ((351.93, 1.0),)),
        (0.193, 729.0, 0.0, ((295.22, 1.0),)),
        (0.0743, 782.0, 45.0, ((242.0, 1.0),)),
        (0.080, 672.0, 261.4, BI_KEV),
        (0.060, 729.0, 204.7, BI_KEV),
        (0.050, 782.0, 151.5, BI_KEV),
        (0.45, 1500.0, 0.0, ((609.31, 1.0),)),
    ),
    "Xe-135": (
        (0.900, 915.0, 0.0, ((249.794, 1.0),)),
        (0.0506, 915.0, 213.8, CS_KEV),
        (0.031, 557.0, 0.0, ((608.2, 1.0),)),
    ),
    "Xe-133": (
        (0.37289, 346.4, 0.0, ((80.998, 1.0),)),
        (0.48940, 346.4, 45.0, CS_KEV),
    ),
    "Xe-131m": ((0.540, 0.0, 129.37, XE_KEV),),
    "Xe-133m": ((0.5577, 0.0, 198.66, XE_KEV),),
}
DAUGHTERS = {"Rn-222": (83, 214), "Xe-135": (55, 135), "Xe-133": (55, 133)}
"""Charge and mass number of the nucleus that the beta particle leaves."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlaneModel:
    """Axes and resolutions of a beta-gamma plane, and what may be off about them."""

    gamma_edges_kev: FloatArray
    """Shape (gamma channels + 1,)."""
    beta_edges_kev: FloatArray
    gamma_fwhm: tuple[float, float, float]
    """FWHM^2 = a + b E + c E^2, keV."""
    beta_fwhm: tuple[float, float, float]
    efficiency: tuple[FloatArray, FloatArray]
    """Energies and full-energy-peak efficiencies."""
    tail: float = 0.08
    """Share of electrons that leave a part of their energy only."""
    gamma_gain: float = 1.0
    """Measured over stated energy."""
    beta_gain: float = 1.0
    beta_widening: float = 1.0
    """Of the FWHM."""
    compton: float = 1.0
    """Times ``COMPTON_PER_PEAK``."""


def plane_model(message: PulseHeight) -> PlaneModel:
    """Take axes, resolutions and efficiencies from a message with a histogram.

    Raises
    ------
    NobleGasInputError
        An axis has no calibration.
    """
    assert message.histogram is not None
    n_gamma, n_beta = message.histogram.counts.shape
    base_gamma, base_beta = first_channels(message)
    return PlaneModel(
        gamma_edges_kev=channel_edges_kev(message.gamma_calibration, "gamma", n_gamma, base_gamma),
        beta_edges_kev=channel_edges_kev(message.beta_calibration, "beta", n_beta, base_beta),
        gamma_fwhm=fwhm_coefficients(message.gamma_calibration.resolution, DEFAULT_GAMMA_FWHM),
        beta_fwhm=fwhm_coefficients(message.beta_calibration.resolution, DEFAULT_BETA_FWHM),
        efficiency=_efficiency(message.gamma_calibration.efficiency),
    )


def nuclide_plane(model: PlaneModel, nuclide: str) -> FloatArray:
    """Return counts in each channel per decay, up to a common factor, shape (gamma, beta)."""
    plane = np.zeros((len(model.gamma_edges_kev) - 1, len(model.beta_edges_kev) - 1))
    for share, end_point, conversion, photons in COMPONENTS[nuclide]:
        beta = _electron_side(model, nuclide, end_point, conversion)
        plane += share * np.outer(_photon_side(model, photons), beta)
    return plane


@lru_cache(maxsize=2)
def shape_planes(model: PlaneModel) -> dict[str, dict[str, FloatArray]]:
    """Return the plane of each nuclide as it is (key "") and off by each doubt of ``perturbed``.

    Kept for the model object last used, as cells are built more than once for a sample.
    """
    models = {"": model} | {name: one for name, (one, _) in perturbed(model).items()}
    return {
        nuclide: {name: nuclide_plane(one, nuclide) for name, one in models.items()}
        for nuclide in COMPONENTS
    }


def perturbed(model: PlaneModel) -> dict[str, tuple[PlaneModel, bool]]:
    """Return models off by one standard deviation each.

    The flag tells whether the change came after the station measured its efficiencies and ratios
    (a drift), so that shares between regions change, or is a doubt of the shape within them.
    """
    return {
        "beta_gain": (replace(model, beta_gain=model.beta_gain * 1.01), True),
        "gamma_gain": (replace(model, gamma_gain=model.gamma_gain * 1.01), True),
        "beta_resolution": (replace(model, beta_widening=1.08), False),
        "beta_tail": (replace(model, tail=model.tail + 0.04), False),
        "compton": (replace(model, compton=1.5), False),
    }


def channel_edges_kev(
    calibration: Calibration, axis: str, n_channels: int, first: int
) -> FloatArray:
    """Return the energies of the edges of channels, channel ch spanning ch to ch + 1."""
    c0, c1, c2 = channel_of_energy(calibration, axis=axis)
    channel = np.arange(n_channels + 1, dtype=np.float64) + first
    if abs(c2) < 1e-12:
        return np.asarray((channel - c0) / c1)
    inside = np.maximum(c1**2 - 4.0 * c2 * (c0 - channel), 0.0)
    energy = 2.0 * (channel - c0) / (c1 + np.sqrt(inside))
    # Beyond the top of a parabola that bends down no energy belongs to a channel.
    return np.asarray(np.maximum.accumulate(energy))


def fwhm_coefficients(
    points: tuple[CalibrationPoint, ...], default: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Fit FWHM^2 = a + b E + c E^2 with a, b, c >= 0 to a table of resolutions; keV."""
    good = [one for one in points if one.value > 0.0 and one.energy_kev > 0.0]
    if not good:
        return default
    energy = np.array([one.energy_kev for one in good])
    fwhm = np.array([one.value for one in good])
    if len(good) == 1:
        return 0.0, float(fwhm[0] ** 2 / energy[0]), 0.0
    # Relative residuals, so that wide high-energy peaks do not rule the fit.
    columns = np.stack([np.ones_like(energy), energy, energy**2], axis=1) / (fwhm**2)[:, None]
    a, b, c = nnls(columns, np.ones(len(good)))[0]
    return float(a), float(b), float(c)


def fwhm_kev(coefficients: tuple[float, float, float], energy_kev: FloatArray) -> FloatArray:
    """Return FWHM at energies."""
    a, b, c = coefficients
    return np.asarray(np.sqrt(np.maximum(a + b * energy_kev + c * energy_kev**2, 1e-3)))


def _efficiency(points: tuple[CalibrationPoint, ...]) -> tuple[FloatArray, FloatArray]:
    good = sorted({(p.energy_kev, p.value) for p in points if p.value > 0.0 and p.energy_kev > 0.0})
    if not good:
        return np.array([30.0, 81.0, 250.0, 352.0, 662.0]), np.array([0.6, 0.75, 0.55, 0.4, 0.2])
    energy, value = np.array(good).T
    return energy, value


def _electron_side(
    model: PlaneModel, nuclide: str, end_point_kev: float, conversion_kev: float
) -> FloatArray:
    top = end_point_kev + conversion_kev
    energy = np.arange(0.5 * GRID_KEV, top + GRID_KEV, GRID_KEV)
    if end_point_kev > 0.0:
        charge, mass = DAUGHTERS[nuclide]
        true = beta_shape(
            energy - conversion_kev,
            end_point_kev=end_point_kev,
            daughter_z=charge,
            mass_number=mass,
        )
        # A scattered electron leaves between nothing and all, rather much: density rises linearly,
        # 2 e / T^2 below T; summed from the top over all T.
        tail = energy * np.cumsum((true / energy**2)[::-1])[::-1]
    else:
        energy = np.append(energy[energy < conversion_kev], conversion_kev)
        true = np.zeros(len(energy))
        true[-1] = 1.0
        tail = np.where(energy < conversion_kev, energy, 0.0)
    tail /= max(tail.sum(), 1e-300)
    mixed = (1.0 - model.tail) * true + model.tail * tail
    fwhm, widening = model.beta_fwhm, model.beta_widening
    smear = _smear(energy, model.beta_edges_kev, model.beta_gain, fwhm, widening)
    return np.asarray(mixed @ smear)


def _photon_side(model: PlaneModel, photons: tuple[tuple[float, float], ...]) -> FloatArray:
    out = np.zeros(len(model.gamma_edges_kev) - 1)
    for energy, share in photons:
        peak = float(np.exp(np.interp(np.log(energy), *np.log(model.efficiency))))
        lines = [(energy, 1.0)]
        if energy > IODINE_K_EDGE_KEV:
            escape = IODINE_ESCAPE * (IODINE_K_EDGE_KEV / energy) ** 2.5
            lines = [(energy, 1.0 - escape), (energy - IODINE_X_KEV, escape)]
        partial = model.compton * float(np.interp(energy, COMPTON_KEV, COMPTON_PER_PEAK))
        edge = energy * 2.0 * energy / (ELECTRON_KEV + 2.0 * energy)
        shelf = np.arange(2.5, max(edge, 5.0), 5.0)
        at = np.array([one for one, _ in lines] + shelf.tolist())
        weight = np.array([w for _, w in lines] + [partial / len(shelf)] * len(shelf))
        smear = _smear(at, model.gamma_edges_kev, model.gamma_gain, model.gamma_fwhm, 1.0)
        out += share * peak * weight @ smear
    return out


def _smear(
    energy_kev: FloatArray,
    edges_kev: FloatArray,
    gain: float,
    fwhm: tuple[float, float, float],
    widening: float,
) -> FloatArray:
    """Return the share of each channel of smeared energies, (energies, channels)."""
    sigma = fwhm_kev(fwhm, energy_kev) * widening * gain / FWHM_PER_SIGMA
    below = ndtr((edges_kev - gain * energy_kev[:, None]) / sigma[:, None])
    return np.diff(below, axis=1)
