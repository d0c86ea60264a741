"""Counts in regions 1 to 6 per becquerel, from the efficiencies and ratios that a station states.

What it computes: the response of the matrix method and of the cells of the likelihood: own
signature on the diagonal, interferences of radon daughters (region 1 -> 2 to 10), of Xe-133
(region 3 -> 4 to 10), and, where a file has 18 or 20 ratios, of the metastables on each other and
in the rest of region 4. Source: the matrix method of FOI as described with open-spex 1.0.7 (MIT
licence); the efficiency of region 2 stands for that of region 1, which formats have not. Ratios
are found by (source region, region), never by their position. A metastable's ratio to region 4 is
all that it leaves there beside its own region, as in open-spex; where regions 7 to 10 stand for
region 4 without the other metastable's region, that one's ratio is taken off it (open-spex takes
the whole, which makes Xe-133 too low). Assumes that efficiencies and
ratios are those of the day of the sample. Accuracy: the diagonal of the reference sample to 5
digits. Cost: microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas.timing import Counting, effective_s
from vigie.radionuclide.noble_gas.xenon import (
    ISOTOPES,
    RADON,
    XE131M,
    XE133,
    XE133_XRAY_SHARE,
    XE133_XRAY_SHARE_SIGMA,
    XE133M,
    XE135,
    Isotope,
)
from vigie.records import Reason

if TYPE_CHECKING:
    from vigie.records import PulseHeight

FloatArray = NDArray[np.float64]
COLUMNS: tuple[Isotope, ...] = (RADON, XE135, XE133, XE133, XE131M, XE133M)
"""Nuclide of each column of the matrix method: Xe-133 twice, by its gamma ray and by its X-ray."""
STRIP = 4
"""Region of the X-rays, which holds regions 5 to 10."""
NEEDED = tuple((one, roi) for one in (1, 3) for roi in range(one + 1, 7))
"""Ratios (source region, region) without which matrix and net counts would call the nuclides of
the source by other names."""
SUBTRACTED = frozenset(NEEDED) | {(5, 6), (6, 5), (5, STRIP), (6, STRIP)}
"""Ratios by which interferences are subtracted; others in a header are not used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionCalibration:
    """Efficiencies of regions 2 to 10 and interference ratios, each with its standard error."""

    efficiency: dict[int, tuple[float, float]]
    """By region."""
    ratio: dict[tuple[int, int], tuple[float, float]]
    """By source region and region: counts in the second per count of the same nuclide in the
    first."""

    def eff(self, roi: int) -> tuple[float, float]:
        """Return efficiency and error of a region; region 1 has that of region 2."""
        return self.efficiency[2 if roi == 1 else roi]

    def relative_sigma(self, one: Isotope) -> float:
        """Return the relative error of a nuclide's efficiency and share of decays."""
        eff, sigma = self.eff(one.roi)
        return float(np.hypot(sigma / eff, one.share_sigma / one.share))

    def interference(self, source: int, roi: int) -> tuple[float, float]:
        """Return the ratio and its error; zero where not stated."""
        return self.ratio.get((source, roi), (0.0, 0.0))


def region_calibration(message: PulseHeight) -> RegionCalibration:
    """Read efficiencies and ratios off a message.

    Raises
    ------
    NobleGasInputError
        A region from 2 to 6 has no efficiency above 0, or one above 1.
    """
    efficiency = {
        one.roi: (one.efficiency, one.sigma or 0.0) for one in message.coincidence_efficiencies
    }
    for roi in range(2, 7):
        value, _ = efficiency.get(roi, (None, None))
        if value is None or not 0.0 < value <= 1.0:
            stated = "missing" if value is None else f"{value:g}"
            raise NobleGasInputError(
                what=f"{message.measurement_id or message.type}: the coincidence efficiency of "
                f"region {roi} is {stated}",
                remedy="#b-gEfficiency needs a value above 0, at most 1, for regions 2 to 6.",
            )
    ratio = {(one.roi_high, one.roi_low): (one.ratio, one.sigma or 0.0) for one in message.ratios}
    return RegionCalibration(efficiency=efficiency, ratio=ratio)


def region_response(
    calibration: RegionCalibration,
    counting: Counting,
    used: tuple[int, ...] = (STRIP,),
    *,
    undetected_absent: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """Return counts in regions 1 to 6 per Bq at the start of the measurement.

    Parameters
    ----------
    used : tuple of int
        Regions that stand in row 4: 4 itself, or some of 7 to 10.
    undetected_absent : bool
        Whether the one metastable whose region lies in 9 or 10 is taken to be absent there, as
        open-spex does, instead of what was estimated.

    Returns
    -------
    response, sigma : ndarray, shape (6, 6)
        Rows: regions; columns: as ``COLUMNS``. Sigma holds the errors of efficiencies, ratios and
        shares of decays.
    """
    seconds = [effective_s(one.decay_per_s, counting) for one in COLUMNS]
    response, sigma = np.zeros((6, 6)), np.zeros((6, 6))
    for column, one in enumerate(COLUMNS):
        if column == 3:
            value, error = _xray(calibration, used)
        else:
            eff, eff_sigma = calibration.eff(one.roi)
            value = eff * one.share
            error = value * np.hypot(eff_sigma / eff, one.share_sigma / one.share)
        response[column, column] = value * seconds[column]
        sigma[column, column] = error * seconds[column]
    for source in (1, 3):
        for roi in range(source + 1, 7):
            _interfere(calibration, response, sigma, (source, roi, used))
    for source, other in ((5, 6), (6, 5)):
        _interfere(calibration, response, sigma, (source, other, used))
        own = _holds(source, used)
        if undetected_absent and used != (STRIP,):
            own = 0.0
        spread, spread_sigma = _beside_own(calibration, (source, other), used)
        base = response[source - 1, source - 1]
        share = own + spread
        response[3, source - 1] = share * base
        sigma[3, source - 1] = np.hypot(share * sigma[source - 1, source - 1], spread_sigma * base)
    return response, sigma


def missing_ratios(calibration: RegionCalibration) -> list[tuple[int, int]]:
    """Return the pairs (source region, region) that matrix and net counts need and are not stated.

    Examples
    --------
    >>> plain = RegionCalibration(efficiency={}, ratio=dict.fromkeys(NEEDED[1:], (0.1, 0.01)))
    >>> missing_ratios(plain)
    [(1, 2)]
    """
    return [pair for pair in NEEDED if pair not in calibration.ratio]


def stated_without_error(calibration: RegionCalibration) -> tuple[int, int] | None:
    """Return how many efficiencies (regions 2 to 6) and ratios count as exact; None if no one does.

    Examples
    --------
    >>> sure = dict.fromkeys(range(2, 7), (0.5, 0.02))
    >>> stated_without_error(RegionCalibration(efficiency=sure, ratio={(1, 2): (0.1, 0.0)}))
    (0, 1)
    >>> stated_without_error(RegionCalibration(efficiency=sure, ratio={(1, 2): (0.0, 0.0)}))
    """
    efficiencies = sum(calibration.eff(roi)[1] <= 0.0 for roi in range(2, 7))
    used = [one for pair, one in calibration.ratio.items() if pair in SUBTRACTED]
    ratios = sum(value > 0.0 and error <= 0.0 for value, error in used)
    return (efficiencies, ratios) if efficiencies or ratios else None


def calibration_remarks(calibration: RegionCalibration) -> list[Reason]:
    """Tell what a header does not state."""
    out = []
    if missing := missing_ratios(calibration):
        pairs = ", ".join(f"{source}:{roi}" for source, roi in missing)
        out.append(Reason.of("noble_gas.ratios_missing", pairs=pairs))
    if exact := stated_without_error(calibration):
        efficiencies, ratios = exact
        code = "noble_gas.errors_unstated"
        out.append(Reason.of(code, efficiencies=efficiencies, ratios=ratios))
    return out


def counts_per_decay(calibration: RegionCalibration, source: Isotope, roi: int) -> float:
    """Return counts in a region (1 to 10) per decay of a nuclide, as the station states them."""
    own = calibration.eff(source.roi)[0] * source.share
    if roi == source.roi:
        return own
    if source is XE133 and roi in calibration.efficiency and (roi == STRIP or roi > 6):
        # The X-ray signature has its own efficiency; what the gamma ray leaves there adds to it.
        own_xray = calibration.efficiency[roi][0] * XE133_XRAY_SHARE
        return own_xray + calibration.interference(3, roi)[0] * own
    if source in (XE131M, XE133M) and roi == STRIP:
        return own * (1.0 + calibration.interference(source.roi, STRIP)[0])
    return own * calibration.interference(source.roi, roi)[0]


def isotope_index(name: str) -> int:
    """Return the place of an isotope in the vectors of the likelihood."""
    return [one.name for one in ISOTOPES].index(name)


def _xray(calibration: RegionCalibration, used: tuple[int, ...]) -> tuple[float, float]:
    missing = [roi for roi in used if roi not in calibration.efficiency]
    if missing:
        raise NobleGasInputError(
            what=f"region {missing[0]} has no coincidence efficiency",
            remedy="#b-gEfficiency needs rows for regions 7 to 10 when a metastable is detected.",
        )
    values = [calibration.efficiency[roi] for roi in used]
    eff = sum(value for value, _ in values)
    eff_sigma = float(np.sqrt(sum(error**2 for _, error in values)))
    relative = np.hypot(eff_sigma / eff, XE133_XRAY_SHARE_SIGMA / XE133_XRAY_SHARE)
    return eff * XE133_XRAY_SHARE, eff * XE133_XRAY_SHARE * float(relative)


def _interfere(
    calibration: RegionCalibration,
    response: FloatArray,
    sigma: FloatArray,
    place: tuple[int, int, tuple[int, ...]],
) -> None:
    source, roi, used = place
    rois = used if roi == STRIP else (roi,)
    values = [calibration.interference(source, one) for one in rois]
    ratio = sum(value for value, _ in values)
    error = float(np.sqrt(sum(one**2 for _, one in values)))
    base, base_sigma = response[source - 1, source - 1], sigma[source - 1, source - 1]
    response[roi - 1, source - 1] = ratio * base
    sigma[roi - 1, source - 1] = np.hypot(error * base, ratio * base_sigma)


def _holds(roi: int, used: tuple[int, ...]) -> float:
    """Tell how often what stands in row 4 holds region 5 or 6."""
    within = {5: (STRIP, 10), 6: (STRIP, 9)}[roi]
    return float(sum(one in within for one in used))


def _beside_own(
    calibration: RegionCalibration, pair: tuple[int, int], used: tuple[int, ...]
) -> tuple[float, float]:
    """Return counts of a metastable in row 4 beside its own region, per count there, and error."""
    source, other = pair
    whole, sigma = calibration.interference(source, STRIP)
    if _holds(other, used):
        return whole, sigma
    # Without the other's region row 4 lacks what lies there.
    within, within_sigma = calibration.interference(source, other)
    return max(whole - within, 0.0), float(np.hypot(sigma, within_sigma))
