"""Constants of radioxenon and of the radon daughters as a beta-gamma detector sees them.

Source: A. Axelsson, A. Ringbom and others, FOI-R--3451--SE (2012), as used by open-spex 1.0.7
(MIT licence): decay constants, shares of decays with a coincidence, conversion electrons. End
points of the beta spectra in coincidence with the photon are from the same source. Xenon in air:
0.087 cm3 per m3. The table of the project (``vigie.facts.nuclides``) has other half-lives within
0.7 % and lines per decay; here are the shares with which stations' regions were calibrated, so
they belong together and are not mixed.

Order everywhere: Rn-222 (by its daughter Pb-214), Xe-135, Xe-133, Xe-131m, Xe-133m.
"""

from __future__ import annotations

from dataclasses import dataclass

XENON_PER_AIR_CM3_M3 = 0.087
"""Stable xenon in a cubic metre of air, cm3 at standard conditions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Isotope:
    """One nuclide of the beta-gamma plane."""

    name: str
    decay_per_s: float
    """Decay constant."""
    share: float
    """Coincidences of its main signature per decay."""
    share_sigma: float
    roi: int
    """Region of the main signature."""

    @property
    def half_life_s(self) -> float:
        """Half-life, s."""
        return 0.6931471805599453 / self.decay_per_s


RADON = Isotope(name="Rn-222", decay_per_s=2.0974e-6, share=0.376, share_sigma=0.01, roi=1)
XE135 = Isotope(name="Xe-135", decay_per_s=2.10657e-5, share=0.900, share_sigma=0.01, roi=2)
XE133 = Isotope(name="Xe-133", decay_per_s=1.52956e-6, share=0.37289, share_sigma=0.005, roi=3)
XE131M = Isotope(name="Xe-131m", decay_per_s=6.72467e-7, share=0.540, share_sigma=0.02, roi=5)
XE133M = Isotope(name="Xe-133m", decay_per_s=3.66326e-6, share=0.5577, share_sigma=0.013, roi=6)
ISOTOPES = (RADON, XE135, XE133, XE131M, XE133M)
"""In the order of all vectors and matrices of the likelihood."""
XENONS = (XE131M, XE133, XE133M, XE135)
"""In the order of reports."""

XE133_XRAY_SHARE = 0.48940
"""Xe-133: beta particle + K conversion electron (45 keV) with a K X-ray of caesium, per decay."""
XE133_XRAY_SHARE_SIGMA = 0.013

CONVERSION_KEV = {
    "Xe-131m": ((129.37, 0.616), (158.79, 0.288), (162.89, 0.0659), (163.74, 0.0134)),
    "Xe-133m": ((198.66, 0.629), (227.77, 0.210), (232.08, 0.047), (233.01, 0.0096)),
}
"""Energy of conversion electrons and their number per decay, K shell first."""
END_POINTS_KEV = {
    ("Xe-133", "gamma"): 346.4,
    ("Xe-133", "x-ray"): 346.4,
    ("Xe-135", "gamma"): 915.0,
    ("Rn-222", "gamma"): 672.0,
}
"""Largest kinetic energy of the beta particle beside the photon; the 45 keV conversion
electron of Xe-133, which is absorbed together with it, comes on top."""
XE133_CONVERSION_KEV = 45.0
"""K conversion electron of the 81 keV transition."""


def isotope(name: str) -> Isotope:
    """Return an isotope by name.

    Raises
    ------
    KeyError
        It is none of the five.
    """
    return {one.name: one for one in ISOTOPES}[name]
