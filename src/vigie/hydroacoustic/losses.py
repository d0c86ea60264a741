"""What a station's hydrophones did not give, in words.

A hydrophone that gave nothing for a tenth of the time in which others recorded is named, with the
time and why (a tenth missing is marginal for hydrophones, GMS PI21). Signals have no direction
where fewer than three hydrophones recorded them. A hydrophone whose two correlations stay below
half of the best pair's does not hear what the others hear; where one pair alone stays below, though
both agree with the third, sound would need longer than possible between them: a clock of the two
is wrong by a second or more. Cost: none.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records import format_iso
from vigie.records.time import NS_PER_S, add_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.hydroacoustic.bands import Frames
    from vigie.hydroacoustic.measure import Measured
    from vigie.hydroacoustic.triplet import Triplet
    from vigie.records import Mask

FloatArray = NDArray[np.float64]

MARGINAL = 0.1
"""Share of missing data from which a hydrophone is named."""
ONE_WAVE = 0.6
"""Correlation of a pair that hears one wave."""
LOST_PAIR = 0.5
"""Share of the best pair's correlation below which a pair does not hear that wave."""


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """For how long each hydrophone gave nothing though another recorded, in one stretch."""

    heard_s: float
    """In which any hydrophone recorded."""
    lost_s: FloatArray
    lost_ns: tuple[tuple[int, int], ...]
    """First and last time lost of each; of one that lost nothing without meaning."""


def silence_of(frames: Frames) -> Silence:
    """Return how long each hydrophone gave nothing."""
    known = np.isfinite(frames.power[:, -1])
    heard = known.any(axis=0)
    lost = heard & ~known
    ends = [(int(np.argmax(r)), len(r) - int(np.argmax(r[::-1]))) for r in lost]
    step = frames.step_s
    return Silence(
        float(heard.sum()) * step,
        lost.sum(axis=1) * step,
        tuple(
            (add_seconds(frames.start_ns, a * step), add_seconds(frames.start_ns, b * step))
            for a, b in ends
        ),
    )


def told_of_losses(
    phones: Triplet,
    silences: Sequence[Silence],
    masks: Sequence[Mask],
    measures: Sequence[Measured],
) -> list[str]:
    """Return what is to be told of hydrophones that recorded little, or something else."""
    told = [*_silent(phones, silences, masks)]
    if len(phones.hydrophones) >= 3 and measures:
        told += [*_without_direction(phones, measures), *_strangers(phones, measures)]
    return [f"{phones.code}: {what}" for what in told]


def _silent(phones: Triplet, silences: Sequence[Silence], masks: Sequence[Mask]) -> Iterator[str]:
    heard_s = sum(s.heard_s for s in silences)
    for i, phone in enumerate(phones.hydrophones):
        lost = [s for s in silences if s.lost_s[i] > 0.0]
        lost_s = sum(float(s.lost_s[i]) for s in lost)
        if lost_s <= MARGINAL * heard_s:
            continue
        first_ns = min(s.lost_ns[i][0] for s in lost)
        last_ns = max(s.lost_ns[i][1] for s in lost)
        own = [m for m in masks if m.channel == phone.channel]
        why = _why(own, (first_ns, last_ns), lost_s)
        yield (
            f"hydrophone {phone.name} gave nothing for {lost_s / 60.0:.1f} of "
            f"{heard_s / 60.0:.1f} min ({why}; {format_iso(first_ns, digits=0)} to "
            f"{format_iso(last_ns, digits=0)})"
        )


def _why(masks: Sequence[Mask], span_ns: tuple[int, int], lost_s: float) -> str:
    """Return the kind of mask that most of the lost time has; else that nothing was recorded."""
    long_s: dict[str, float] = {}
    for mask in masks:
        common_ns = min(mask.end_ns, span_ns[1]) - max(mask.start_ns, span_ns[0])
        kind = str(mask.kind)
        long_s[kind] = long_s.get(kind, 0.0) + max(common_ns, 0) / NS_PER_S
    kind, most_s = max(long_s.items(), key=lambda k: k[1], default=("", 0.0))
    return kind if most_s > 0.5 * lost_s else "not recorded"


def _without_direction(phones: Triplet, measures: Sequence[Measured]) -> Iterator[str]:
    short = [m for m in measures if len(m.used) < 3]
    if not short:
        return
    everyone = range(len(phones.hydrophones))
    absent = Counter(i for m in short for i in everyone if i not in m.used)
    names = ", ".join(f"{phones.hydrophones[i].name} {n}" for i, n in sorted(absent.items()))
    yield (
        f"{len(short)} of {len(measures)} signals without direction, since fewer than three "
        f"hydrophones recorded them whole (missing: {names})"
    )


def _strangers(phones: Triplet, measures: Sequence[Measured]) -> Iterator[str]:
    """Yield which hydrophones do not hear what others hear, where half of the signals say so."""
    pairs = [p for m in measures if (p := _lost_pairs(m)) is not None]
    deaf = Counter(p[0] for p in pairs if len(p) == 1)
    for i, number in sorted(deaf.items()):
        if number >= 0.5 * len(pairs):
            yield (
                f"hydrophone {phones.hydrophones[i].name} does not hear what the others hear "
                f"({number} of {len(pairs)} coherent signals): no direction of those"
            )
    mistimed = Counter(p for p in pairs if len(p) == 2)
    for (i, j), number in sorted(mistimed.items()):
        if number >= 0.5 * len(pairs):
            yield (
                f"hydrophones {phones.hydrophones[i].name} and {phones.hydrophones[j].name} are "
                f"further apart in time than sound needs ({number} of {len(pairs)} coherent "
                "signals): a clock is wrong by a second or more; no direction of those"
            )


def _lost_pairs(measured: Measured) -> tuple[int, ...] | None:
    """Return the hydrophone, or the two, that do not fit a wave; none where all do.

    None where no pair hears one wave, or more than three hydrophones do.
    """
    wave, used = measured.direction, measured.used
    if wave is None or len(used) != 3:
        return None
    upper = np.array([wave.pair_correlations[i, j] for i, j in ((0, 1), (0, 2), (1, 2))])
    best = float(upper.max())
    if best < ONE_WAVE:
        return None
    low = upper < LOST_PAIR * best
    if wave.plausible or not low.any():
        return ()
    if low.sum() == 2:
        # Pairs 01, 02 and 12 in turn: the hydrophone that is not of the pair that agrees.
        return (used[2 - int(np.argmin(low))],)
    i, j = ((0, 1), (0, 2), (1, 2))[int(np.argmax(low))]
    return (used[i], used[j])
