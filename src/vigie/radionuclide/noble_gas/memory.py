"""What a gas background leaves to the sample that follows, with what Xe-133m decays into.

What it computes: matrices that take activities of nuclides (columns) to activities (rows), for any
order of nuclides: decay between two times, in which Xe-133m becomes Xe-133 (Bateman), and what a
becquerel is counted as while Xe-133m decays into Xe-133 during a measurement. Twelve hours after
the gas background 0.059 Bq of Xe-133 stand there for each becquerel of Xe-133m that it had.
Source: sheet 7.3 and 7.5; the law of decay. Accuracy: exact. Cost: microseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.timing import grown_since, ingrowth_in_activity
from vigie.radionuclide.noble_gas.xenon import XE133, XE133M, Isotope

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
PAIR = (XE133M.decay_per_s, XE133.decay_per_s)


def left_after(elapsed_s: float, isotopes: Sequence[Isotope]) -> FloatArray:
    """Return Bq (row) that are left of a Bq (column) after a time.

    Examples
    --------
    >>> left_after(43_200.0, (XE133, XE133M)).round(4).tolist()
    [[0.9361, 0.0591], [0.0, 0.8536]]
    """
    left = np.diag(np.exp([-one.decay_per_s * elapsed_s for one in isotopes]))
    return left + grown_since(*PAIR, elapsed_s) * _into(isotopes)


def counted_as(real_s: float, isotopes: Sequence[Isotope]) -> FloatArray:
    """Return Bq (row) as which a Bq (column) at the start of a measurement is counted.

    Xe-133 that grows while counting counts as if it had been there from the start.
    """
    return np.eye(len(isotopes)) + ingrowth_in_activity(*PAIR, real_s) * _into(isotopes)


def left_as_counted(
    delay_s: float, sample_s: float, gas_s: float, isotopes: Sequence[Isotope]
) -> FloatArray:
    """Return Bq as which a sample counts (row) what the gas background counted as a Bq (column).

    Parameters
    ----------
    delay_s : float
        From the start of the gas background to that of the sample.
    sample_s, gas_s : float
        Real times of both.
    """
    grown = counted_as(sample_s, isotopes) @ left_after(delay_s, isotopes)
    # What grows is no parent of anything, so the inverse of 1 + x is 1 - x.
    return grown @ (2.0 * np.eye(len(isotopes)) - counted_as(gas_s, isotopes))


def _into(isotopes: Sequence[Isotope]) -> FloatArray:
    """Return 1 where the nuclide of a column decays into that of a row."""
    return np.array(
        [[float(row is XE133 and column is XE133M) for column in isotopes] for row in isotopes]
    )
