"""Which element of an array is wrong: dead, reversed, mistimed, or not coherent.

All pairs are correlated over lags that a wave can cause (distance times the largest slowness)
and over wider lags. Then, in this order and never below three elements:
1. *polarity*: the extremum of |c| within the possible lags votes with its sign; the smaller of
   two groups that the votes part is reversed (``array_signs``);
2. *clock*: an element whose correlation with most partners is much higher at one shared lag
   outside the possible range is mistimed by that lag;
3. *incoherent*: an element whose correlations are low where those of the others are high;
4. *plane-wave misfit*: closure is kept by a clock error, a plane is not (``array_misfit``). The
   fewest elements whose removal leaves a plane are named, up to three.

Sources: Cansi (1995), GRL 22, 1021-1024 (closure); sign vote: own. Needs four elements.
Accuracy: ``docs/methods/fk.md``. Cost: 1 ms for ten elements and 10 s at 20 Hz.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ArrayGeometryError
from vigie.signal.array_misfit import off_plane
from vigie.signal.array_signs import sign_split
from vigie.signal.plane_wave import element_times, fit_plane_wave

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultParams:
    """When an element is called faulty."""

    max_slowness_s_per_km: float = 0.36
    """40 s/deg: nothing that crosses a seismic array is slower."""
    min_slowness_s_per_km: float = 0.0
    """Infrasound crosses an array at 0.45 km/s at most: 2.2. Seismic waves have no such limit."""
    timing_sigma_s: float = 0.020
    """Ordinary error of an element's time."""
    max_clock_error_s: float = 5.0
    """Clock errors are looked for up to this, or a third of the window."""
    coherent: float = 0.6
    """Correlation from which a pair is believed."""
    polarity_margin: float = 0.1
    """By how much a negative correlation must exceed the positive one."""
    misfit_limit: float = 4.0
    """Misfit over timing sigma from which a plane is refused."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one element."""

    element: int
    kind: str
    """``polarity``, ``clock``, ``incoherent``, ``misfit``."""
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class PairCorrelation:
    """Correlation of all pairs; ``[i, j]`` at positive lag: j is later than i."""

    correlation: FloatArray
    """Signed value of largest size within the possible lags, shape (n, n)."""
    opposite: FloatArray
    """Largest size of the other sign within the possible lags."""
    delay_s: FloatArray
    """Its lag."""
    wide: FloatArray
    """Largest size over the wider lags."""
    wide_delay_s: FloatArray
    possible_s: FloatArray
    """Largest possible lag."""
    offsets_km: FloatArray
    """East and north, shape (n, 2)."""


def correlate_pairs(
    samples: FloatArray, rate_hz: float, offsets_km: FloatArray, params: FaultParams
) -> PairCorrelation:
    """Correlate all pairs of elements, normalised by their energies.

    Parameters
    ----------
    samples : ndarray, shape (n, m), finite
        One window, filtered.
    """
    number, length = samples.shape
    centred = samples - samples.mean(axis=1, keepdims=True)
    size = 2 ** int(np.ceil(np.log2(2 * length)))
    spectra = np.fft.rfft(centred, size, axis=1)
    energy = np.sqrt(np.sum(centred**2, axis=1))
    distance = np.linalg.norm(offsets_km[:, None] - offsets_km[None], axis=2)
    possible = distance * params.max_slowness_s_per_km + 3.0 * params.timing_sigma_s
    widest = int(min(params.max_clock_error_s * rate_hz, length / 3.0))
    reach = max(int(np.ceil(min(float(possible.max()) * rate_hz, length / 2.0))), widest, 1)
    lags = np.arange(-reach, reach + 1)
    shape = (number, number)
    out = PairCorrelation(
        correlation=np.eye(number),
        opposite=np.zeros(shape),
        delay_s=np.zeros(shape),
        wide=np.eye(number),
        wide_delay_s=np.zeros(shape),
        possible_s=possible,
        offsets_km=offsets_km,
    )
    for i in range(number - 1):
        cross = np.fft.irfft(spectra[i + 1 :] * spectra[i].conj(), size, axis=1)[:, lags]
        scale = np.maximum(energy[i + 1 :] * energy[i], 1e-300)
        _fill_row(out, i, cross / scale[:, None], lags / rate_hz)
    return out


def _fill_row(out: PairCorrelation, i: int, rows: FloatArray, lags_s: FloatArray) -> None:
    for j, row in enumerate(rows, start=i + 1):
        inside = np.abs(lags_s) <= out.possible_s[i, j] + 1e-9
        near = np.where(inside, np.abs(row), -1.0)
        top, far = int(near.argmax()), int(np.abs(row).argmax())
        out.correlation[i, j] = out.correlation[j, i] = row[top]
        other = float(np.max(np.where(inside, -np.sign(row[top]) * row, 0.0)))
        out.opposite[i, j] = out.opposite[j, i] = other
        out.delay_s[i, j] = _vertex(np.sign(row[top]) * row, top, lags_s)
        out.delay_s[j, i] = -out.delay_s[i, j]
        out.wide[i, j] = out.wide[j, i] = abs(row[far])
        out.wide_delay_s[i, j], out.wide_delay_s[j, i] = lags_s[far], -lags_s[far]


def _vertex(row: FloatArray, top: int, lags_s: FloatArray) -> float:
    """Lag of the parabola through three points about a maximum."""
    if not 0 < top < len(row) - 1:
        return float(lags_s[top])
    before, here, after = row[top - 1 : top + 2]
    bend = before - 2.0 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0.0 else 0.0
    return float(lags_s[top] + np.clip(shift, -0.5, 0.5) * (lags_s[1] - lags_s[0]))


def find_faults(
    pairs: PairCorrelation, params: FaultParams
) -> tuple[tuple[Fault, ...], tuple[int, ...]]:
    """Name the faulty elements.

    Returns
    -------
    faults : tuple of Fault
        In the order in which they were found; at least three elements are always left.
    suspects : tuple of int
        Elements of which one is mistimed where it cannot be told which (four elements).
    """
    found = judge_window(pairs, params)
    return found.faults, found.suspects


@dataclass(frozen=True, slots=True)
class WindowVerdict:
    """What one window says of the elements."""

    faults: tuple[Fault, ...] = ()
    suspects: tuple[int, ...] = ()
    """One of these is mistimed."""
    tied: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    """One of two groups of equal size is reversed."""
    fits: bool = True
    """The times of the elements that are left lie on a plane."""
    pairs: PairCorrelation | None = None
    """What was judged ..."""
    seen: tuple[int, ...] = ()
    """... of these elements."""

    def renumbered(self, index: Sequence[int]) -> WindowVerdict:
        """Return the same with other numbers of the elements, of element k the k-th."""
        groups = self.tied
        return WindowVerdict(
            tuple(replace(f, element=index[f.element]) for f in self.faults),
            tuple(index[e] for e in self.suspects),
            groups and (tuple(index[e] for e in groups[0]), tuple(index[e] for e in groups[1])),
            self.fits,
            self.pairs,
            tuple(index[e] for e in self.seen),
        )


def judge_window(pairs: PairCorrelation, params: FaultParams) -> WindowVerdict:
    """Name the faulty elements, and what stays open."""
    faults: list[Fault] = []
    left = list(range(len(pairs.offsets_km)))
    split = sign_split(
        pairs.correlation,
        pairs.opposite,
        # Less correlation will do than in the other tests: the margin protects.
        believed_from=0.75 * params.coherent,
        margin=params.polarity_margin,
    )
    for element, votes in zip(split.reversed_, split.votes, strict=True):
        if len(left) > 3:
            text = f"polarity reversed ({votes} of the others vote against it)"
            faults.append(Fault(element, "polarity", text))
            left.remove(element)
    for test in (_mistimed_element, _incoherent_element):
        while len(left) > 3:
            fault = test(pairs, left, params)
            if fault is None:
                break
            faults.append(fault)
            left.remove(fault.element)
    plane = off_plane(pairs, left, params)
    text = (
        f"time off the plane wave (misfit {plane.misfit_s:.2f} s with it)"
        if plane.misfit_s
        else "time does not fit the only possible slowness"
    )
    faults.extend(Fault(element, "misfit", text) for element in plane.mistimed)
    fits = plane.fits or bool(plane.mistimed)
    every = tuple(range(len(pairs.offsets_km)))
    return WindowVerdict(tuple(faults), plane.suspects, split.tied, fits, pairs, every)


def _mistimed_element(pairs: PairCorrelation, left: list[int], params: FaultParams) -> Fault | None:
    grid = np.ix_(left, left)
    better = (pairs.wide[grid] >= params.coherent) & (
        np.abs(pairs.correlation[grid]) < pairs.wide[grid] - 0.2
    )
    outside = np.abs(pairs.wide_delay_s[grid]) > pairs.possible_s[grid]
    flagged = (better & outside).sum(axis=1)
    worst = int(flagged.argmax())
    # Several may be late alike; but they must be fewer than those that agree.
    if (
        flagged[worst] < 2
        or flagged[worst] <= (len(left) - 1) / 2
        or np.sum(flagged == flagged[worst]) >= len(left) / 2
    ):
        return None
    lags = pairs.wide_delay_s[grid][:, worst][(better & outside)[worst]]
    shift = float(np.median(lags))
    spread = 2.0 * float(pairs.possible_s[grid].max()) + 0.1
    if np.sum(np.abs(lags - shift) <= spread) <= (len(left) - 1) / 2:
        return None
    others = [k for k in left if k != left[worst]]
    error_s = float(np.median(_excess_s(pairs, left[worst], others)))
    return Fault(left[worst], "clock", f"time off by {error_s:+.1f} s")


def _excess_s(pairs: PairCorrelation, element: int, others: list[int]) -> FloatArray:
    """Delay of an element against each other one, less that of the wave across those."""
    grid = np.ix_(others, others)
    times = element_times(pairs.delay_s[grid], np.abs(pairs.correlation[grid]) ** 2)
    try:
        wave = fit_plane_wave(pairs.offsets_km[others], times).slowness_s_per_km
    except ArrayGeometryError:
        # The others stand in line: the wave's own delay stays in.
        wave = np.zeros(2)
    apart = pairs.offsets_km[element] - pairs.offsets_km[others]
    return np.asarray(pairs.wide_delay_s[others, element] - apart @ wave)


def _incoherent_element(
    pairs: PairCorrelation, left: list[int], params: FaultParams
) -> Fault | None:
    block = np.abs(pairs.correlation[np.ix_(left, left)])
    number = len(left)
    own = np.array([np.median(np.delete(block[i], i)) for i in range(number)])
    worst = int(own.argmin())
    rest = np.delete(np.delete(block, worst, axis=0), worst, axis=1)
    others = float(np.median(rest[np.triu_indices(number - 1, 1)]))
    if others < params.coherent or own[worst] > 0.5 * others:
        return None
    text = f"not coherent with the others ({own[worst]:.2f}, they {others:.2f})"
    return Fault(left[worst], "incoherent", text)
