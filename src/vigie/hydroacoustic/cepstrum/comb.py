"""The spectrum of an explosion fitted with bubble pulses and a surface ghost.

Two models of the power over its trend are compared: a ghost alone, or a ghost and bubble pulses,

    G(f) = |1 - gamma exp(-2 pi i f t_g)|^2
    B(f) = |1 + a g exp(-2 pi i f T) + a b g exp(-2 pi i f T (1 + r))|^2

g = exp(-2 (pi f w T)^2) is the fall of a bubble pulse that lasts w periods, r T the second period.
With s the signal's share in each bin, the compressed spectrum is fitted by (s G B + 1 - s)^0.3, up
to a factor and, over frequency, a polynomial. Longer periods need finer bins and a trend of higher
degree, which takes with it what short delays do. What counts is the logarithm by which the pulses
lessen the sum of squares that the ghost alone leaves: unlike a peak's height over the scatter about
it, it does not suffer from the ghost's cross terms, the multiples of the bubble's own peak, or the
few cells of short delays.

Source: Whittle's and least-squares fits of a spectrum are textbook (Priestley 1981, "Spectral
Analysis and Time Series", ch. 6); pulses: Cole (1948). Assumes one explosion and one ghost for all
paths; other paths stay in the residual. Accuracy as measured: ``docs/methods/hydroacoustic.md``.
Cost: 0.1 s to look through the short periods, 10 to 20 ms for one period.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.hydroacoustic.cepstrum.spectrum import Compressed

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]

PULSE_WIDTH = 0.01
"""Standard deviation of a bubble pulse in periods (0.006 to 0.014 are simulated)."""
WIDEST_BIN_HZ = 0.5
BINS_A_TOOTH = 6.0
"""Least number of bins from one maximum of the comb to the next."""
LEAST_DEGREE, MOST_DEGREE = 5, 200
"""Of the trend."""
TREND_SHARE = 0.9
"""Degree of the trend in bandwidth times period: it takes delays below about half the period."""
SHORT_S = 0.16
"""Shorter periods keep the lowest trend, and the ghost is fitted beside them."""
LEAST_SHARE = 0.03
"""Bins with less signal are left out."""
GHOSTS_S = (0.002, 0.18, 0.0022)
"""First, last and step of the ghost's delays ..."""
GHOST_SIZES = (0.5, 0.85)
"""... and how much the surface reflects."""
SCAN_S = ((0.018, 0.07, 0.0009), (0.07, 0.2, 0.0013))
"""First, last and step of the periods that are looked through one by one."""
SCAN_HEIGHTS = (0.3, 0.6)
SCAN_SECOND_SHARE = 0.4
SCAN_SECONDS = (0.66, 0.70, 0.74)
SECONDS = (0.64, 0.68, 0.72, 0.76, 0.80)
"""Second periods in first ones, of a fit."""
HEIGHTS = (0.15, 0.3, 0.5, 0.75, 1.0)
SECOND_SHARES = (0.15, 0.35, 0.6, 0.9)
REACH = (0.012, 0.0015)
"""To either side of a period that is fitted: share, and least, s."""
ECHO_TURNS_DEG = (0.0, 60.0, 120.0, 180.0, 240.0, 300.0)
ECHO_HEIGHTS = (0.2, 0.4, 0.7)
TURNED_REACH_S = 0.007
TURNED_DELAYS = 15
"""Delays at which a turned echo is tried, to so far on either side of a period."""


class Fit(NamedTuple):
    """Bubble pulses fitted to a spectrum."""

    period_s: float
    """From the shock's beginning in the spectrum: less its own lag."""
    second: float
    """Second period in first ones."""
    height: float
    """Of the first pulse in the shock."""
    second_share: float
    """Height of the second pulse in the first."""
    ghost_s: float
    ghost_size: float
    """Of the ghost beside them; 0 where none helps."""
    gain: float
    """ln of what the ghost alone leaves over what ghost and pulses leave."""
    echo_gain: float
    """The same of one echo of any phase at this period that does not fall with frequency."""
    lone_gain: float
    """The same of the first pulse alone."""
    explained: float
    """Share of the squares that ghost and pulses explain ..."""
    ghost_explained: float
    """... and that the ghost alone does."""


class Flattened:
    """A compressed spectrum in bins, less its trend, and what templates explain of it."""

    def __init__(self, spectrum: Compressed, step_hz: float, degree: int) -> None:
        freq_hz = spectrum.freq_hz
        step_hz = max(step_hz, 1.001 * float(freq_hz[1] - freq_hz[0]))
        at = ((freq_hz - freq_hz[0]) / step_hz + 1e-9).astype(int)
        number = np.bincount(at)
        rows = (freq_hz, spectrum.level, spectrum.share)
        self.freq_hz, level, share = (np.bincount(at, row) / number for row in rows)
        used = share >= LEAST_SHARE
        if np.count_nonzero(used) > degree + 2 * LEAST_DEGREE:
            self.freq_hz, level, share = self.freq_hz[used], level[used], share[used]
        self.share = np.clip(share, 0.0, 1.0).astype(np.float32)
        scaled = 2.0 * (self.freq_hz - self.freq_hz[0]) / np.ptp(self.freq_hz) - 1.0
        trend = np.polynomial.legendre.legvander(scaled, degree) * self.share[:, None]
        self.basis = np.linalg.qr(trend)[0].astype(np.float32)
        weighed = (level * self.share).astype(np.float32)
        self.level = weighed - self.basis @ (self.basis.T @ weighed)
        self.squares = float(self.level @ self.level)

    def explained(self, power: Float32Array) -> FloatArray:
        """Return the squares that each power template explains, shape (n,) of (n, bins)."""
        mixed = self.share * power / power.mean(axis=1, keepdims=True) + (1.0 - self.share)
        shape = np.exp(np.float32(0.3) * np.log(mixed + np.float32(1e-6))) * self.share
        shape -= (shape @ self.basis) @ self.basis.T
        along = shape @ self.level
        own = np.maximum(np.einsum("ij,ij->i", shape, shape), 1e-9)
        return np.where(along > 0.0, along**2 / own, 0.0).astype(np.float64)


def short_periods(spectrum: Compressed, count: int) -> list[float]:
    """Return the periods below 0.2 s that explain most of a spectrum, the best first."""
    flat = Flattened(spectrum, WIDEST_BIN_HZ, LEAST_DEGREE)
    periods = np.concatenate([np.arange(*limits) for limits in SCAN_S])
    pairs = [(a, SCAN_SECOND_SHARE) for a in SCAN_HEIGHTS]
    pulses = _combined(periods, SCAN_SECONDS, pairs)
    power = bubble_power(flat.freq_hz, pulses)
    ghosts = _ghosts(flat.freq_hz)
    alone = flat.explained(ghosts)
    best = np.zeros(len(pulses))
    tried = {0, *np.argsort(-alone)[:3].tolist()}
    for again in (True, False):
        for k in tried:
            best = np.maximum(best, flat.explained(power * ghosts[k]))
        if again:
            likely = np.argsort(-best)[:2]
            beside = [np.argsort(-flat.explained(ghosts * power[i]))[:2] for i in likely]
            tried = set(np.concatenate(beside).tolist())
    height = best.reshape(len(periods), -1).max(axis=1)
    found = []
    for _ in range(count):
        top = int(np.argmax(height))
        found.append(float(periods[top]))
        height[np.abs(periods - periods[top]) < max(0.004, 0.03 * periods[top])] = 0.0
    return found


def fit_pulses(spectrum: Compressed, period_s: float) -> Fit:
    """Return the pulses that fit a spectrum best about a period."""
    flat = flattened_for(spectrum, period_s)
    ghosts = _ghosts(flat.freq_hz)
    alone = flat.explained(ghosts)
    first = int(np.argmax(alone))
    pulse, ghost, most = _searched(flat, ghosts, first, period_s)
    most_alone = float(alone[first])
    before = max(flat.squares - most_alone, 1e-9)
    kept = ghosts[sorted({0, first, ghost})]

    def gain(explained: float) -> float:
        return float(np.log(before / max(flat.squares - max(explained, most_alone), 1e-9)))

    echoes, pulses = _rivals(flat.freq_hz, float(pulse[0]))
    total = max(flat.squares, 1e-9)
    ghost_s, ghost_size = _ghost_values(ghost)
    return Fit(
        period_s=float(pulse[0]) + _shift_s(flat, pulse, ghosts[ghost]),
        second=float(pulse[1]),
        height=float(pulse[2]),
        second_share=float(pulse[3]),
        ghost_s=ghost_s,
        ghost_size=ghost_size,
        gain=gain(most),
        echo_gain=gain(_most(flat, echoes, kept)),
        lone_gain=gain(_most(flat, pulses, kept)),
        explained=most / total,
        ghost_explained=most_alone / total,
    )


def _reach_s(period_s: float) -> float:
    """Return how far from a period its fit is looked for."""
    return max(REACH[0] * period_s, REACH[1])


def _searched(
    flat: Flattened, ghosts: Float32Array, first: int, period_s: float
) -> tuple[FloatArray, int, float]:
    """Return the pulses and the ghost that explain most about a period, and how much."""
    reach_s = _reach_s(period_s)
    pairs = [(a, SCAN_SECOND_SHARE) for a in SCAN_HEIGHTS]
    pulses = _combined(period_s + np.linspace(-reach_s, reach_s, 7), SECONDS, pairs)
    coarse, ghost, _ = _best(flat, pulses, ghosts, {0, first})
    beside = flat.explained(ghosts * bubble_power(flat.freq_hz, coarse[None]))
    tried = {ghost, int(np.argmax(beside))}
    periods = coarse[0] + np.linspace(-reach_s, reach_s, 5) / 3.0
    seconds = coarse[1] + np.array([-0.02, 0.0, 0.02])
    pairs = [(a, b) for a in HEIGHTS for b in SECOND_SHARES]
    return _best(flat, _combined(periods, seconds, pairs), ghosts, tried)


def is_turned(spectrum: Compressed, fit: Fit) -> bool:
    """Tell whether an echo turned by 60 degrees or more fits better than pulses and plain echoes.

    It met a caustic or the surface. Delays about the period are tried, since pulses that are not
    turned fit a turned one beside its delay.
    """
    flat = flattened_for(spectrum, fit.period_s)
    ghosts = _ghosts(flat.freq_hz)
    alone = flat.explained(ghosts)
    first = int(np.argmax(alone))
    kept = ghosts[sorted({0, first})]
    reach_s = max(_reach_s(fit.period_s), TURNED_REACH_S)
    near = fit.period_s + np.linspace(-1.0, 1.0, TURNED_DELAYS) * reach_s
    number = len(ECHO_HEIGHTS)
    echoes = [_rivals(flat.freq_hz, float(t))[0] for t in near]
    plain = max(_most(flat, e[:number], kept) for e in echoes)
    turned = max(_most(flat, e[number:], kept) for e in echoes)
    pulses = flat.squares - (flat.squares - float(alone[first])) * float(np.exp(-fit.gain))
    return turned > max(plain, pulses)


def bubble_power(freq_hz: FloatArray, pulses: FloatArray) -> Float32Array:
    """Return |1 + pulses|^2 of rows (period, second period in first, height, share of second)."""
    period, second, height, share = (column[:, None] for column in pulses.T)
    turns = -2j * np.pi * freq_hz * period
    fall = height * np.exp(-2.0 * (np.pi * freq_hz * PULSE_WIDTH * period) ** 2)
    echoes = fall * (np.exp(turns) + share * np.exp(turns * (1.0 + second)))
    return np.asarray(np.abs(1.0 + echoes) ** 2, dtype=np.float32)


def flattened_for(spectrum: Compressed, period_s: float) -> Flattened:
    """Return a spectrum in bins and with a trend that suit a period."""
    if period_s < SHORT_S:
        return Flattened(spectrum, WIDEST_BIN_HZ, LEAST_DEGREE)
    step_hz = min(WIDEST_BIN_HZ, 1.0 / (BINS_A_TOOTH * period_s))
    degree = int(np.clip(TREND_SHARE * spectrum.width_hz * period_s, LEAST_DEGREE, MOST_DEGREE))
    return Flattened(spectrum, step_hz, degree)


def _combined(
    periods: FloatArray, seconds: FloatArray | tuple[float, ...], pairs: list[tuple[float, float]]
) -> FloatArray:
    """Return all combinations, periods slowest, shape (n, 4)."""
    grid = np.meshgrid(periods, seconds, np.arange(len(pairs)), indexing="ij")
    heights = np.array(pairs)[grid[2].ravel().astype(int)]
    return np.column_stack([grid[0].ravel(), grid[1].ravel(), heights])


def _ghosts(freq_hz: FloatArray) -> Float32Array:
    """Return the power templates of ghosts; the first is none."""
    delays = np.arange(*GHOSTS_S)
    echo = np.exp(-2j * np.pi * freq_hz * delays[:, None])
    sizes = np.array(GHOST_SIZES)[None, :, None]
    power = np.abs(1.0 - sizes * echo[:, None, :]) ** 2
    rows = [np.ones((1, len(freq_hz))), power.reshape(-1, len(freq_hz))]
    return np.concatenate(rows).astype(np.float32)


def _best(
    flat: Flattened, pulses: FloatArray, ghosts: Float32Array, tried: set[int]
) -> tuple[FloatArray, int, float]:
    """Return the pulses and the ghost that explain most, and how much."""
    power = bubble_power(flat.freq_hz, pulses)
    most = {k: flat.explained(power * ghosts[k]) for k in sorted(tried)}
    ghost = max(most, key=lambda k: float(most[k].max()))
    at = int(np.argmax(most[ghost]))
    return pulses[at], ghost, float(most[ghost][at])


def _most(flat: Flattened, power: Float32Array, ghosts: Float32Array) -> float:
    return max(float(flat.explained(power * row).max()) for row in ghosts)


def _rivals(freq_hz: FloatArray, period_s: float) -> tuple[Float32Array, Float32Array]:
    """Return echoes of any phase at a period, those of none first, and its first pulse alone."""
    turned = np.exp(1j * np.radians(ECHO_TURNS_DEG))
    sizes = np.multiply.outer(turned, np.array(ECHO_HEIGHTS)).ravel()[:, None]
    echoes = np.abs(1.0 + sizes * np.exp(-2j * np.pi * freq_hz * period_s)) ** 2
    lone = _combined(np.array([period_s]), (0.7,), [(a, 0.0) for a in HEIGHTS])
    return echoes.astype(np.float32), bubble_power(freq_hz, lone)


def _shift_s(flat: Flattened, pulse: FloatArray, ghost: Float32Array) -> float:
    """Return how far beside a period most is explained (parabola)."""
    step_s = max(2e-4, 2e-3 * float(pulse[0]))
    near = np.repeat(pulse[None], 3, axis=0)
    near[:, 0] += np.array([-step_s, 0.0, step_s])
    low, here, high = flat.explained(bubble_power(flat.freq_hz, near) * ghost)
    bend = max(2.0 * here - low - high, 1e-9)
    return float(np.clip(0.5 * step_s * (high - low) / bend, -step_s, step_s))


def _ghost_values(index: int) -> tuple[float, float]:
    """Return delay and size of a ghost template."""
    if index == 0:
        return 0.0, 0.0
    delay, size = divmod(index - 1, len(GHOST_SIZES))
    return float(np.arange(*GHOSTS_S)[delay]), GHOST_SIZES[size]
