"""Lasting sources (microbaroms, surf, plants): their families judged together, not one by one.

A source that sounds for hours makes many families: large ones are cut, and it fades. Families of
one azimuth and trace velocity whose bands overlap, with gaps short against them, form a chain, and
the chain's duration and band decide. An event from the same direction would drown in it. So what
stands out of a lasting source - its loudness far above the usual of its band, or in bands in
which the source is not usually heard - is taken out, and makes families of its own.

Source: ours; durations in the manner of Brachet et al. (2010) (``categories``).
Assumes that a source is usually as loud as its median of some hours in each band. Accuracy:
``docs/methods/infrasound.md``. Cost: some milliseconds for a day.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.categories import SIGNAL, category_of
from vigie.signal.pmcc import family_of, link_families

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.recipe import CategoryParams, InfrasoundRecipe
    from vigie.signal.pmcc import Family, Pixels

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MICROBAROMS, LASTING = "microbaroms", "of a lasting source"
LONG = (MICROBAROMS, LASTING)
"""Reasons that rest on a duration."""
PAUSE_S = 600.0
"""A source that sounded at the begin of the record, or so soon after, may have sounded before."""
PARTS = 20
"""Parts of a chain in which the pixels of a band are counted ..."""
LASTING_PARTS = 4.0
"""... and in how many of them, in effect, those of a band lie that the source fills."""
LEVEL_S = 3600.0
"""The usual loudness is the median of so long, and of as long before and behind."""
EDGE_BANDS = 3
"""So far beyond its bands the skirts of a source appear at times."""


def judged_families(
    families: Sequence[Family], pixels: Pixels, recipe: InfrasoundRecipe
) -> list[tuple[Family, str, str]]:
    """Return families with phase (I or N) and reason; what stands out of lasting ones is apart.

    Parameters
    ----------
    families : sequence of Family
        In order of time.
    pixels : Pixels
    recipe : InfrasoundRecipe
    """
    params = recipe.categories
    judged: list[tuple[Family, str, str]] = []
    for chain in chains(families, params):
        reason = chain_reason(chain, pixels, params)
        is_train = bool(reason) and fades(chain, pixels, params)
        reason = "" if is_train else reason
        parts = _parted(chain, pixels, recipe) if reason else [(f, False) for f in chain]
        for family, stands_out in parts:
            phase, own = category_of(family, params)
            if is_train and own in LONG:
                phase, own = SIGNAL, ""
            if phase == SIGNAL and reason and not stands_out:
                phase, own = "N", reason
            judged.append((family, phase, own))
    return sorted(judged, key=lambda j: (j[0].start_s, j[0].azimuth_deg))


def chains(families: Sequence[Family], params: CategoryParams) -> list[list[Family]]:
    """Return the families of each source that sounds on, in order of time."""
    ordered = sorted(families, key=lambda f: f.start_s)
    label = list(range(len(ordered)))
    longest_s = max((f.end_s - f.start_s for f in ordered), default=0.0)
    ends = np.maximum.accumulate([f.end_s for f in ordered]) if ordered else np.zeros(0)
    for k, later in enumerate(ordered):
        for i in range(k - 1, -1, -1):
            if later.start_s - float(ends[i]) > params.chain_gap * longest_s:
                break
            if _continues(ordered[i], later, params):
                old, new = label[k], label[i]
                label = [new if x == old else x for x in label]
    grouped: dict[int, list[Family]] = {}
    for family, number in zip(ordered, label, strict=True):
        grouped.setdefault(number, []).append(family)
    return list(grouped.values())


def _continues(early: Family, later: Family, params: CategoryParams) -> bool:
    """Tell whether a family goes on where another ended, or within it."""
    turn = abs((later.azimuth_deg - early.azimuth_deg + 180.0) % 360.0 - 180.0)
    speed = abs(later.velocity_km_s / early.velocity_km_s - 1.0)
    longer_s = max(later.end_s - later.start_s, early.end_s - early.start_s)
    azimuth_sigma = np.hypot(early.azimuth_sigma_deg, later.azimuth_sigma_deg)
    velocity_sigma = np.hypot(early.velocity_sigma_km_s, later.velocity_sigma_km_s)
    return bool(
        turn <= params.chain_azimuth_deg + 2.0 * azimuth_sigma
        and speed <= params.chain_velocity_share + 2.0 * velocity_sigma / early.velocity_km_s
        and early.low_hz < later.high_hz
        and later.low_hz < early.high_hz
        and later.start_s - early.end_s <= params.chain_gap * longer_s
    )


def chain_reason(chain: Sequence[Family], pixels: Pixels, params: CategoryParams) -> str:
    """Return why a chain is of a lasting source; empty where it is not."""
    duration_s = max(f.end_s for f in chain) - min(f.start_s for f in chain)
    if duration_s <= params.microbarom_s:
        return ""
    rows = np.concatenate([f.rows for f in chain])
    power, freq_hz = pixels.amplitude[rows] ** 2, pixels.freq_hz[rows]
    low_hz, high_hz = params.microbarom_hz
    within = float(power[(freq_hz > low_hz) & (freq_hz < high_hz)].sum())
    if within >= params.microbarom_power * float(power.sum()):
        return MICROBAROMS
    return LASTING if duration_s > params.max_duration_s else ""


def fades(chain: Sequence[Family], pixels: Pixels, params: CategoryParams) -> bool:
    """Tell whether a chain is the train of one event: loud at its begin, and fading from then on.

    A train of a very large event may last for hours. It begins within the record, and half of its
    energy comes in the first quarter of its time; that of a lasting source comes all the time.
    In the band of microbaroms it must be far louder than what else is heard there.

    Parameters
    ----------
    chain : sequence of Family
    pixels : Pixels
        All of the record.
    params : CategoryParams
    """
    start_s, end_s = min(f.start_s for f in chain), max(f.end_s for f in chain)
    length_s = end_s - start_s
    if length_s > params.longest_train_s or start_s < max(0.1 * length_s, PAUSE_S):
        return False
    rows = np.concatenate([f.rows for f in chain])
    early = pixels.time_s[rows] < start_s + 0.25 * length_s
    part = np.floor(PARTS * (pixels.time_s[rows] - start_s) / length_s)
    energy = np.zeros(PARTS)
    for number in np.unique(pixels.band[rows]).tolist():
        own = pixels.band[rows] == number
        square = pixels.amplitude[rows[own]] ** 2
        count = np.bincount(part[own].astype(np.int64).clip(0, PARTS - 1), minlength=PARTS)
        sums = np.bincount(
            part[own].astype(np.int64).clip(0, PARTS - 1), weights=square, minlength=PARTS
        )
        energy += sums / np.maximum(count, 1)
    if energy[: PARTS // 4].sum() < 0.5 * energy.sum():
        return False
    return chain_reason(chain, pixels, params) != MICROBAROMS or _is_loud(
        rows[early], rows, pixels, params
    )


def _is_loud(first: IntArray, rows: IntArray, pixels: Pixels, params: CategoryParams) -> bool:
    """Tell whether pixels are louder than those of others in the same bands and hours."""
    time_s = pixels.time_s[first]
    near = np.abs(pixels.time_s - float(np.median(time_s))) < 3.0 * LEVEL_S
    near &= np.isin(pixels.band, pixels.band[first])
    near[rows] = False
    if not near.any():
        return True
    usual = float(np.median(pixels.amplitude[near]))
    return float(np.median(pixels.amplitude[first])) > params.stands_out * usual


def _parted(
    chain: Sequence[Family], pixels: Pixels, recipe: InfrasoundRecipe
) -> list[tuple[Family, bool]]:
    """Return the families of a chain without what stands out, and families of that (True)."""
    rows = np.concatenate([f.rows for f in chain])
    out = stands_out(pixels, rows, recipe.categories)
    order = np.sort(rows[out])
    step = recipe.pmcc.step
    apart = [
        replace(f, rows=order[f.rows])
        for f in link_families(pixels.select(order), recipe.families, step=step)
    ]
    apart = [f for f in apart if f.p_value <= recipe.max_family_p_value]
    taken = np.concatenate([f.rows for f in apart]) if apart else np.zeros(0, np.int64)
    parts = [(f, True) for f in apart]
    for family in chain:
        rest = np.setdiff1d(family.rows, taken)
        if len(rest) == len(family):
            parts.append((family, False))
        elif len(rest) >= recipe.families.min_pixels:
            parts.append((family_of(pixels, rest, step), False))
    return parts


def stands_out(pixels: Pixels, rows: IntArray, params: CategoryParams) -> BoolArray:
    """Tell which pixels of a chain are no part of its lasting source.

    Parameters
    ----------
    pixels : Pixels
    rows : ndarray of int
        The pixels of the chain.
    params : CategoryParams
    """
    time_s, band, loud = pixels.time_s[rows], pixels.band[rows], pixels.amplitude[rows]
    edges = np.linspace(time_s.min(), np.nextafter(time_s.max(), np.inf), PARTS + 1)
    usual: dict[int, FloatArray] = {}
    for number in np.unique(band).tolist():
        count = np.histogram(time_s[band == number], edges)[0].astype(np.float64)
        if count.sum() ** 2 >= LASTING_PARTS * np.sum(count**2):
            usual[number] = _usual_level(time_s, time_s[band == number], loud[band == number])
    out = np.ones(len(rows), dtype=np.bool_)
    for number in np.unique(band).tolist():
        near = min(usual, key=lambda b: abs(b - number), default=None)
        if near is None or abs(near - number) > EDGE_BANDS:
            continue
        # Beyond the source's bands it is weaker than in the nearest of them.
        factor = params.stands_out if near == number else params.stands_out / 2.0
        own = band == number
        out[own] = loud[own] > factor * usual[near][own]
    return out


def _usual_level(at_s: FloatArray, time_s: FloatArray, loud: FloatArray) -> FloatArray:
    """Return the median loudness about each of some times."""
    part = np.floor((at_s - at_s.min()) / LEVEL_S)
    own = np.floor((time_s - at_s.min()) / LEVEL_S)
    level = np.empty(len(at_s))
    for number in np.unique(part):
        near = np.abs(own - number) <= 1
        level[part == number] = float(np.median(loud[near] if near.any() else loud))
    return level
