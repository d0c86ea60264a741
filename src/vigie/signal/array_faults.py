"""Which element of an array is wrong: dead, reversed, mistimed, or not coherent.

All pairs are correlated (``array_pairs``). Then, in this order and never below three elements:
1. *polarity*: the extremum of |c| within the possible lags votes with its sign; the smaller of
   two groups that the votes part is reversed (``array_signs``);
2. *clock*: an element whose correlation with most partners is much higher at one shared lag
   outside the possible range is mistimed by that lag;
3. *incoherent*: an element whose correlations are low where those of the others are high (a clock
   error, where one of them is high outside the possible range);
4. *plane-wave misfit*: closure is kept by a clock error, a plane is not (``array_misfit``). The
   fewest elements whose removal leaves a plane are named, up to three.

Sources: Cansi (1995), GRL 22, 1021-1024 (closure); sign vote: own. Needs four elements.
Accuracy: ``docs/methods/fk.md``. Cost: 1 ms for ten elements.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.signal.array_misfit import excess_s, limit_s, off_plane
from vigie.signal.array_pairs import PairCorrelation, correlate_pairs
from vigie.signal.array_signs import sign_split

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]

__all__ = [
    "Fault", "FaultParams", "PairCorrelation", "WindowVerdict", "correlate_pairs", "find_faults",
    "judge_window",
]  # fmt: skip


LATE_SHARE = 1.0 / 3.0
"""Of the partners of an incoherent element that must be alike elsewhere: of many, one is so by
chance."""


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
    limit_s: float = 0.0
    """Times farther than this off a plane are seen."""
    tells_signs: bool = True
    """The correlations of most pairs are surely of one sign."""
    length_s: float = 0.0
    band_hz: tuple[float, float] = (0.0, 0.0)
    freq_hz: float = 0.0
    """At which the elements together have most power."""
    velocity_km_s: float | None = None
    """Of the plane wave, where it is impossibly slow or fast."""
    slowness_s_per_km: tuple[float, float] | None = None
    """Of the plane wave, of any speed, of the elements that are right; None where there is none."""

    def renumbered(self, index: Sequence[int]) -> WindowVerdict:
        """Return the same with other numbers of the elements, of element k the k-th."""
        groups = self.tied
        return replace(
            self,
            faults=tuple(replace(f, element=index[f.element]) for f in self.faults),
            suspects=tuple(index[e] for e in self.suspects),
            tied=groups
            and (tuple(index[e] for e in groups[0]), tuple(index[e] for e in groups[1])),
            seen=tuple(index[e] for e in self.seen),
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
    margin = (np.abs(pairs.correlation) - pairs.opposite)[np.triu_indices(len(every), 1)]
    return WindowVerdict(
        tuple(faults),
        plane.suspects,
        split.tied,
        fits,
        pairs,
        every,
        limit_s(pairs, params),
        bool(np.median(margin) >= params.polarity_margin),
    )


def _mistimed_element(pairs: PairCorrelation, left: list[int], params: FaultParams) -> Fault | None:
    grid = np.ix_(left, left)
    elsewhere = _is_elsewhere(pairs, params)[grid]
    flagged = elsewhere.sum(axis=1)
    worst = int(flagged.argmax())
    # Several may be late alike; but they must be fewer than those that agree.
    if (
        flagged[worst] < 2
        or flagged[worst] <= (len(left) - 1) / 2
        or np.sum(flagged == flagged[worst]) >= len(left) / 2
    ):
        return None
    lags = pairs.wide_delay_s[grid][:, worst][elsewhere[worst]]
    shift = float(np.median(lags))
    spread = 2.0 * float(pairs.possible_s[grid].max()) + 0.1
    if np.sum(np.abs(lags - shift) <= spread) <= (len(left) - 1) / 2:
        return None
    others = [k for k in left if k != left[worst]]
    error_s = float(np.median(excess_s(pairs, left[worst], others)))
    return Fault(left[worst], "clock", f"time off by {error_s:+.1f} s")


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
    rest_left = [k for k in left if k != left[worst]]
    # Lags to distant elements may be longer than those tried: some that are found tell.
    late = _is_elsewhere(pairs, params)[rest_left, left[worst]]
    if late.sum() >= max(LATE_SHARE * len(rest_left), 1.0):
        error_s = float(np.median(excess_s(pairs, left[worst], rest_left)[late]))
        return Fault(left[worst], "clock", f"time off by {error_s:+.1f} s")
    text = f"not coherent with the others ({own[worst]:.2f}, they {others:.2f})"
    return Fault(left[worst], "incoherent", text)


def _is_elsewhere(pairs: PairCorrelation, params: FaultParams) -> NDArray[np.bool_]:
    """Tell which pairs are much more alike at a lag that no wave can cause."""
    better = (pairs.wide >= params.coherent) & (np.abs(pairs.correlation) < pairs.wide - 0.2)
    return np.asarray(better & (np.abs(pairs.wide_delay_s) > pairs.possible_s))
