"""Decays, one by one: the electrons and the photons that leave the gas together.

What it computes: for each decay the summed energy of its electrons (beta particle, conversion and
Auger electrons, which are absorbed together) and its photons. Source: shares of FOI-R--3451--SE
for the xenons; ENSDF for the levels of Bi-214 and Po-214, rounded and with weak branches
gathered; X-rays of Xe, Cs, Bi from the tables of Firestone and Shirley (1996), rounded. Assumes
no angular correlation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.radionuclide.noble_gas.beta_spectrum import beta_shape

FloatArray = NDArray[np.float64]
XRAYS_KEV = {
    "Xe": ((29.458, 0.287), (29.779, 0.530), (33.6, 0.149), (34.4, 0.034)),
    "Cs": ((30.625, 0.284), (30.973, 0.523), (34.95, 0.153), (35.8, 0.040)),
    "Bi": ((74.81, 0.285), (77.11, 0.477), (87.2, 0.170), (90.0, 0.068)),
}
"""Energy and share of the K X-rays of an element."""
Branch = tuple[float, float, float, tuple[float, ...], str]
"""Probability, end point (0: none), conversion electrons' energy, gamma rays, element of a K
X-ray."""
SCHEMES: dict[str, tuple[int, int, tuple[Branch, ...]]] = {
    "Xe-133": (
        55,
        133,
        (
            (0.37289, 346.4, 0.0, (80.998,), ""),
            (0.48940, 346.4, 45.0, (), "Cs"),
            (0.05780, 346.4, 81.0, (), ""),
            (0.07991, 346.4, 76.0, (), ""),
        ),
    ),
    "Xe-131m": (
        54,
        131,
        (
            (0.540, 0.0, 129.37, (), "Xe"),
            (0.076, 0.0, 163.0, (), ""),
            (0.364, 0.0, 161.0, (), ""),
            (0.020, 0.0, 0.0, (163.93,), ""),
        ),
    ),
    "Xe-133m": (
        54,
        133,
        (
            (0.5577, 0.0, 198.66, (), "Xe"),
            (0.0713, 0.0, 232.0, (), ""),
            (0.2680, 0.0, 230.0, (), ""),
            (0.1030, 0.0, 0.0, (233.22,), ""),
        ),
    ),
    "Xe-135": (
        55,
        135,
        (
            (0.900, 915.0, 0.0, (249.794,), ""),
            (0.0506, 915.0, 213.8, (), "Cs"),
            (0.0184, 915.0, 245.0, (), ""),
            (0.0310, 557.0, 0.0, (608.2,), ""),
        ),
    ),
    "Pb-214": (
        83,
        214,
        (
            (0.376, 672.0, 0.0, (351.93,), ""),
            (0.080, 672.0, 261.4, (), "Bi"),
            (0.193, 729.0, 0.0, (295.22,), ""),
            (0.060, 729.0, 204.7, (), "Bi"),
            (0.0743, 782.0, 45.0, (242.0,), ""),
            (0.0500, 782.0, 151.5, (), "Bi"),
            (0.1667, 1024.0, 0.0, (), ""),
        ),
    ),
    "Bi-214": (
        84,
        214,
        (
            (0.19, 3270.0, 0.0, (), ""),
            (0.16, 1506.0, 0.0, (1764.5,), ""),
            (0.17, 1541.0, 0.0, (609.3, 1120.3), ""),
            (0.13, 2661.0, 0.0, (609.3,), ""),
            (0.08, 1423.0, 0.0, (609.3, 1238.1), ""),
            (0.05, 1892.0, 0.0, (768.4, 609.3), ""),
            (0.06, 1892.0, 0.0, (1377.7,), ""),
            (0.16, 1068.0, 0.0, (2204.0,), ""),
        ),
    ),
}
"""Charge and mass number of the daughter, and the branches of each nuclide."""


def draw_decays(
    nuclide: str, n: int, rng: np.random.Generator, *, gamma_only: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Draw decays.

    Parameters
    ----------
    nuclide : str
        A key of ``SCHEMES``.
    gamma_only : bool
        Whether electrons and photons of all but the first branch are left out.

    Returns
    -------
    electron_kev : ndarray, shape (n,)
    photons_kev : ndarray, shape (n, 3)
        0 where there is none.

    Raises
    ------
    ParameterError
        The nuclide has no scheme.
    """
    if nuclide not in SCHEMES:
        raise ParameterError(name="nuclide", value=nuclide, expected=f"one of {', '.join(SCHEMES)}")
    charge, mass, branches = SCHEMES[nuclide]
    electron, photons = np.zeros(n), np.zeros((n, 3))
    edges = np.cumsum([one[0] for one in branches])
    kind = np.searchsorted(edges / edges[-1], rng.random(n), side="right")
    for number, (_, end_point, conversion, gammas, element) in enumerate(branches):
        mine = np.flatnonzero(kind == number)
        if gamma_only and number:
            continue
        electron[mine] = conversion
        if end_point > 0.0:
            energy = np.arange(0.5, end_point, 1.0)
            shape = beta_shape(energy, end_point_kev=end_point, daughter_z=charge, mass_number=mass)
            electron[mine] += rng.choice(energy, len(mine), p=shape)
        for column, gamma in enumerate(gammas):
            photons[mine, column] = gamma
        if element:
            lines = np.array(XRAYS_KEV[element])
            photons[mine, 2] = rng.choice(lines[:, 0], len(mine), p=lines[:, 1] / lines[:, 1].sum())
    return electron, photons
