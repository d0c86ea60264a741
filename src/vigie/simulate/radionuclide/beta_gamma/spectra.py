"""What a cell records of one decay of a nuclide, and of its surroundings, in the mean.

What it computes: mean histogram and singles per decay, by drawing decays; and an ambient
background per second of live time. Radon is Pb-214 and Bi-214 in equilibrium. The ambient
background falls exponentially along both axes, with the peaks of Pb X-rays (75 keV) and
annihilation (511 keV): shapes and rates typical of a SAUNA cell (some 6, 8, 3 and 3 counts per
hour in regions 1 to 4). Cost: 0.4 s per million decays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.simulate.radionuclide.beta_gamma.cell import (
    BetaGammaCell,
    detect_electrons,
    detect_photons,
)
from vigie.simulate.radionuclide.beta_gamma.decays import draw_decays

FloatArray = NDArray[np.float64]
NUCLIDES = ("Rn-222", "Xe-135", "Xe-133", "Xe-131m", "Xe-133m")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MeanSpectra:
    """Mean counts per decay, or per second."""

    histogram: FloatArray
    """Coincidences, shape (gamma channels, beta channels)."""
    gamma: FloatArray
    """Gamma singles, coincidences included."""
    beta: FloatArray

    def scaled(self, factor: float) -> MeanSpectra:
        """Return the same, times a factor."""
        return MeanSpectra(
            histogram=self.histogram * factor, gamma=self.gamma * factor, beta=self.beta * factor
        )

    def __add__(self, other: MeanSpectra) -> MeanSpectra:
        return MeanSpectra(
            histogram=self.histogram + other.histogram,
            gamma=self.gamma + other.gamma,
            beta=self.beta + other.beta,
        )


def nuclide_spectra(
    cell: BetaGammaCell,
    nuclide: str,
    rng: np.random.Generator,
    *,
    n_decays: int = 1_000_000,
    gamma_only: bool = False,
) -> MeanSpectra:
    """Return mean spectra per decay of a nuclide (of ``NUCLIDES``)."""
    members = ("Pb-214", "Bi-214") if nuclide == "Rn-222" else (nuclide,)
    parts = []
    for member in members:
        electron, photons = draw_decays(member, n_decays, rng, gamma_only=gamma_only)
        beta = detect_electrons(cell, electron, rng)
        gamma = detect_photons(cell, photons, rng)
        parts.append(_histogram(cell, gamma, beta).scaled(1.0 / n_decays))
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


def ambient_spectra(cell: BetaGammaCell, *, rate_per_h: float = 75.0) -> MeanSpectra:
    """Return mean spectra per second of the empty cell.

    Parameters
    ----------
    rate_per_h : float
        Coincidences in an hour, all over the plane.
    """
    gamma_kev = (np.arange(cell.channels) + 0.5) * cell.gamma_span_kev / cell.channels
    beta_kev = (np.arange(cell.channels) + 0.5) * cell.beta_span_kev / cell.channels
    gamma = np.exp(-gamma_kev / 250.0) + 0.3 * np.exp(-gamma_kev / 60.0)
    gamma += 0.5 * np.exp(-0.5 * ((gamma_kev - 76.0) / 5.0) ** 2)
    gamma += 0.08 * np.exp(-0.5 * ((gamma_kev - 511.0) / 18.0) ** 2)
    low = 1.0 / (1.0 + np.exp(-(gamma_kev - 15.0) / 3.0))
    beta = np.exp(-beta_kev / 300.0) + 1.2 * np.exp(-beta_kev / 80.0)
    beta /= 1.0 + np.exp(-(beta_kev - cell.threshold_kev) / cell.threshold_width_kev)
    plane = np.outer(gamma * low, beta)
    plane *= rate_per_h / 3600.0 / plane.sum()
    return MeanSpectra(
        histogram=plane, gamma=2.5 * gamma * low / (gamma * low).sum(), beta=1.5 * beta / beta.sum()
    )


def _histogram(cell: BetaGammaCell, gamma_kev: FloatArray, beta_kev: FloatArray) -> MeanSpectra:
    n = cell.channels
    at_gamma = gamma_kev * cell.gamma_gain * n / cell.gamma_span_kev
    at_beta = beta_kev * cell.beta_gain * n / cell.beta_span_kev
    seen_gamma, seen_beta = gamma_kev > 0.0, beta_kev > 0.0
    both = seen_gamma & seen_beta
    ends = (0.0, float(n))
    plane, _, _ = np.histogram2d(at_gamma[both], at_beta[both], bins=n, range=(ends, ends))
    return MeanSpectra(
        histogram=plane,
        gamma=np.histogram(at_gamma[seen_gamma], bins=n, range=ends)[0].astype(np.float64),
        beta=np.histogram(at_beta[seen_beta], bins=n, range=ends)[0].astype(np.float64),
    )
