"""What is released together: activities of the radioxenons relative to one of them.

What it computes: activities at the time of the release after one short fission, by yields and exact
chains (``vigie.radionuclide.ratios.zero_time``), under hypotheses of what fissioned and of when
xenon left its precursors: never before the release (it grows from iodine until then), or a quarter
of an hour after the fission. Their ratios carry the age into the likelihood: no rule about ratios
is needed. Hypotheses count alike. Cost: 60 ms per hypothesis, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import fission_yields, nuclide
from vigie.radionuclide.ratios.zero_time import (
    DEFAULT_FRACTIONATION_S,
    TIMES_S,
    XENONS,
    ratio_curve,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
EVALUATION = "ENDF/B-VIII.1"
FISSIONS_PER_KT = 4.184e12 / (180e6 * 1.602176634e-19)
"""Of 180 MeV each: 1.45e23."""
_LEAST = 1e-30
"""Of an activity against the reference; less is none."""


class Composition(NamedTuple):
    """What fissioned, and when xenon left its precursors."""

    fissile: str
    spectrum: str
    separated_s: float | None
    """After the fission; None: at the release."""

    @property
    def code(self) -> str:
        """``u235_fast_grown`` and the like."""
        kind = "grown" if self.separated_s is None else "separated"
        return f"{self.fissile.lower().replace('-', '')}_{self.spectrum}_{kind}"


HYPOTHESES = tuple(
    Composition(fissile, "fast", separated)
    for fissile in ("U-235", "Pu-239")
    for separated in (None, DEFAULT_FRACTIONATION_S)
)


def reference_of(nuclides: Sequence[str]) -> str:
    """Return the nuclide whose amount is asked for: Xe-133 where it is there, or the longest-lived.

    Examples
    --------
    >>> reference_of(["Xe-135", "Xe-133"]), reference_of(["Xe-135", "Xe-131m"])
    ('Xe-133', 'Xe-131m')
    """
    if "Xe-133" in nuclides:
        return "Xe-133"
    return max(nuclides, key=lambda name: (nuclide(name).half_life_s, name))


def usable_together(nuclides: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the nuclides of which one release is known to hold all, and the others.

    Those are the radioxenons, or else one nuclide alone.
    """
    xenons = [name for name in nuclides if name in XENONS]
    kept = xenons or list(nuclides[:1])
    return kept, [name for name in nuclides if name not in kept]


def relative_activities(
    nuclides: Sequence[str], reference: str, ages_s: FloatArray
) -> tuple[tuple[str, ...], FloatArray]:
    """Return activities relative to the reference at ages, under each hypothesis.

    Parameters
    ----------
    nuclides : sequence of str
        Radioxenons, or the reference alone.
    reference : str
    ages_s : ndarray, shape (T,)
        Since the fission.

    Returns
    -------
    codes : tuple of str
        Of the hypotheses; one, ``single``, where there is one nuclide.
    relative : ndarray, shape (H, N, T)
    """
    if all(name == reference for name in nuclides):
        return ("single",), np.ones((1, len(nuclides), len(ages_s)))
    out = np.ones((len(HYPOTHESES), len(nuclides), len(ages_s)))
    log_age = np.log(np.clip(ages_s, TIMES_S[0], TIMES_S[-1]))
    for h, one in enumerate(HYPOTHESES):
        yields = (EVALUATION, one.fissile, one.spectrum)
        for n, name in enumerate(nuclides):
            if name == reference:
                continue
            curve = ratio_curve(name, reference, yields, separated_s=one.separated_s)
            logs = np.log(np.maximum(np.nan_to_num(curve, posinf=1.0 / _LEAST), _LEAST))
            out[h, n] = np.exp(np.interp(log_age, np.log(TIMES_S), logs))
    return tuple(one.code for one in HYPOTHESES), out


def bq_per_kt(name: str) -> float:
    """Return the largest activity that a kiloton can leave, once its chain has decayed to it.

    The largest of the hypotheses' fissions: cumulative yield x fissions x decay constant.

    Examples
    --------
    >>> f"{bq_per_kt('Xe-133'):.2g}"
    '1.5e+16'
    """
    rate = nuclide(name).decay_constant_per_s
    sets = {(one.fissile, one.spectrum) for one in HYPOTHESES}
    tables = [fission_yields(*one, evaluation=EVALUATION) for one in sets]
    cumulative = max(table[name].cumulative if name in table else 0.0 for table in tables)
    return FISSIONS_PER_KT * rate * cumulative
