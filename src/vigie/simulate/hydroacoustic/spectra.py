"""Simulated sounds as spectra at a reference hydrophone: sources, and the channel they go through.

* Explosion: shock of exponential decay (Chapman 1985), bubble pulses (Gaussian) at T1 and about
  1.7 T1, and the reflection from the surface; charge and depth give all delays (``explosion``).
* Channel: some modes, the slowest of them the axis mode, which comes last and strongest; the
  others are faster, the more so the lower the frequency, so each is a chirp and no delay between
  modes holds over the band. Loss below 3 Hz and above a cut.
* T phase: noise under a spindle. Airgun, whale, ship and ice: as their names say.

Sources: Jensen et al. (2011), "Computational Ocean Acoustics" (modes); Okal (2008), Adv. Geophys.
49 (T phases); Watkins et al. (1987), J. Acoust. Soc. Am. 82, 1901-1912 (20 Hz calls). Shapes are
simple on purpose: truth is exact, the sea is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.explosion import (
    SECOND_BUBBLE,
    bubble_period_s,
    ghost_delay_s,
    shock_decay_s,
    vents,
)
from vigie.simulate.hydroacoustic.ranges import SceneRanges, even, log_even

if TYPE_CHECKING:
    from collections.abc import Callable

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

RATE_HZ = 250.0
MODE_REF_HZ = 10.0
LEAST_MODE_HZ = 4.0
"""Below it modes are no faster: the channel cuts them off."""
SHOCK_RANGE_M = 1000.0
"""At which the decay of the shock is taken; beyond, sound is linear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explosion:
    """An explosion under water, and what its sound repeats with."""

    charge_kg: float
    depth_m: float
    grazing_deg: float
    bubble: float
    bubble_width: float
    ghost: float
    second: float | None = None
    """Amplitude of the second bubble pulse in the first; None: the first's in the shock."""
    second_period: float = SECOND_BUBBLE
    """Of the second bubble, in first periods."""

    @property
    def period_s(self) -> float | None:
        """Bubble period; None where the bubble vents."""
        if bool(vents(self.charge_kg, self.depth_m)):
            return None
        return float(bubble_period_s(self.charge_kg, self.depth_m))

    @property
    def ghost_s(self) -> float:
        """Delay of the surface ghost."""
        return float(ghost_delay_s(self.depth_m, self.grazing_deg))


def frequencies(count: int, rate_hz: float) -> FloatArray:
    """Return the frequencies of the spectrum of so many samples."""
    return np.asarray(np.fft.rfftfreq(count, 1.0 / rate_hz), dtype=np.float64)


def draw_explosion(rng: np.random.Generator, ranges: SceneRanges) -> Explosion:
    """Draw an explosion."""
    return Explosion(
        charge_kg=log_even(rng, ranges.charge_kg),
        depth_m=log_even(rng, ranges.depth_m),
        grazing_deg=even(rng, ranges.grazing_deg),
        bubble=even(rng, ranges.bubble),
        bubble_width=even(rng, ranges.bubble_width),
        ghost=even(rng, ranges.ghost),
        second=even(rng, ranges.second_bubble),
        second_period=even(rng, ranges.second_period),
    )


def explosion_spectrum(freq_hz: FloatArray, source: Explosion) -> ComplexArray:
    """Return the spectrum of an explosion that happens at time 0; the shock's plateau is 1."""
    decay_s = float(shock_decay_s(source.charge_kg, SHOCK_RANGE_M))
    out = np.asarray(1.0 / (1.0 + 2j * np.pi * freq_hz * decay_s), dtype=np.complex128)
    period = source.period_s
    if period is not None:
        width_s = source.bubble_width * period
        shape = np.exp(-2.0 * (np.pi * freq_hz * width_s) ** 2)
        later = source.bubble * (source.bubble if source.second is None else source.second)
        for height, at in ((source.bubble, 1.0), (later, 1.0 + source.second_period)):
            out = out + height * shape * np.exp(-2j * np.pi * freq_hz * at * period)
    echo = np.exp(-2j * np.pi * freq_hz * source.ghost_s)
    return np.asarray(out * (1.0 + source.ghost * echo))


def channel_spectrum(
    rng: np.random.Generator, freq_hz: FloatArray, range_km: float, ranges: SceneRanges
) -> ComplexArray:
    """Return what the channel makes of a pulse, timed from the arrival of the axis mode."""
    number = int(rng.integers(int(ranges.modes[0]), int(ranges.modes[1]) + 1))
    axis = even(rng, ranges.axis_km_s)
    span = log_even(rng, ranges.mode_span_km_s)
    order = np.arange(number) / number
    # The power of modes rises toward the axis mode, then nothing follows.
    sizes = np.exp(-2.5 * order) * np.abs(rng.normal(1.0, 0.5, number))
    phases = rng.uniform(0.0, 2.0 * np.pi, number)
    usual = np.maximum(freq_hz, LEAST_MODE_HZ)
    turn = _phase_integral(usual, ranges.mode_power)
    early = range_km * span * order**1.5 / axis**2
    modes = sizes[:, None] * np.exp(1j * (phases[:, None] + 2.0 * np.pi * early[:, None] * turn))
    return np.asarray(modes.sum(axis=0) * band_gain(rng, freq_hz, ranges))


def _phase_integral(freq_hz: FloatArray, power: float) -> FloatArray:
    """Return the integral of (10 Hz / f)^power from 10 Hz to f: delay becomes phase."""
    scaled = freq_hz / MODE_REF_HZ
    if abs(power - 1.0) < 1e-9:
        return np.asarray(MODE_REF_HZ * np.log(scaled))
    return np.asarray(MODE_REF_HZ * (scaled ** (1.0 - power) - 1.0) / (1.0 - power))


def band_gain(rng: np.random.Generator, freq_hz: FloatArray, ranges: SceneRanges) -> FloatArray:
    """Return the gain of the channel: little below 3 Hz and above the cut."""
    cut = even(rng, ranges.cut_hz)
    low = (freq_hz / 3.0) ** 2
    return np.asarray(
        low / (1.0 + low) / np.sqrt(1.0 + (freq_hz / cut) ** (2.0 * ranges.cut_power))
    )


def t_phase(
    rng: np.random.Generator, t_s: FloatArray, spread_s: float, ranges: SceneRanges
) -> FloatArray:
    """Return a T phase that begins at t = 0: noise of its spectrum under a spindle."""
    rate_hz = 1.0 / (t_s[1] - t_s[0])
    freq_hz = np.fft.rfftfreq(len(t_s), 1.0 / rate_hz)
    peak = even(rng, ranges.t_peak_hz)
    rise = np.minimum(freq_hz / peak, 1.0) ** 1.5
    over = np.maximum(freq_hz - peak, 0.0)
    if ranges.t_fall == "exponential":
        fall = np.exp(-over / even(rng, (3.0, 7.0)))
    else:
        fall = 1.0 / (1.0 + over / peak) ** even(rng, (2.0, 3.0))
    fall = fall * np.exp(-((freq_hz / 28.0) ** 4))
    carrier = np.fft.irfft(np.fft.rfft(rng.standard_normal(len(t_s))) * rise * fall, len(t_s))
    after = np.maximum(t_s, 1e-9)
    if ranges.spindle == "gamma":
        # Power (t/a)^4 exp(-2 t/a) has the standard deviation sqrt(5)/2 a.
        scaled = after / (spread_s * 2.0 / np.sqrt(5.0))
        envelope = scaled**2 * np.exp(-scaled)
    else:
        sigma = 0.6
        # Power exp(-ln(t/m)^2 / (2 sigma^2)) is a lognormal law of median m exp(sigma^2).
        median = spread_s / (np.exp(1.5 * sigma**2) * np.sqrt(np.exp(sigma**2) - 1.0))
        envelope = np.exp(-(np.log(after / median) ** 2) / (4.0 * sigma**2))
    return np.asarray(np.where(t_s > 0.0, envelope, 0.0) * carrier)


def whale_call(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> FloatArray:
    """Return one call that begins at t = 0."""
    if ranges.whale == "fin":
        length, start, end = 1.0, even(rng, (22.0, 26.0)), even(rng, (15.0, 18.0))
    else:
        length, start = even(rng, (8.0, 15.0)), even(rng, (24.0, 28.0))
        end = start - even(rng, (0.3, 1.5))
    inside = np.clip(t_s / length, 0.0, 1.0)
    phase = 2.0 * np.pi * (start * t_s + 0.5 * (end - start) * t_s * inside)
    return np.asarray(np.sin(np.pi * inside) ** 2 * np.sin(phase))


def ship(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> FloatArray:
    """Return a ship that passes: lines with a slow Doppler shift under a slow hump, t from 0 on."""
    length = 0.5 * t_s[-1]
    passing = 1.0 / (1.0 + ((t_s - length) / (0.2 * length)) ** 2)
    base = even(rng, ranges.ship_line_hz)
    shift = 1.0 - 0.004 * np.tanh((t_s - length) / (0.2 * length))
    turns = 2.0 * np.pi * base * np.cumsum(shift) * (t_s[1] - t_s[0])
    lines = sum(
        rng.uniform(0.3, 1.0) / k**0.5 * np.sin(k * turns + rng.uniform(0.0, 6.28))
        for k in range(1, 8)
    )
    rush = 0.3 * rng.standard_normal(len(t_s)) * (1.0 + 0.5 * np.sin(turns))
    return np.asarray(passing * (lines + rush))


def tremor(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> FloatArray:
    """Return the tremor of ice: gliding harmonics that begin at t = 0."""
    length = even(rng, (30.0, 200.0))
    glide = 1.0 + rng.uniform(-0.3, 0.3) * np.sin(
        2.0 * np.pi * t_s / length * rng.uniform(0.5, 2.0)
    )
    turns = 2.0 * np.pi * even(rng, ranges.tremor_hz) * np.cumsum(glide) * (t_s[1] - t_s[0])
    harmonics = sum(np.sin(k * turns) / k for k in range(1, 7))
    inside = np.clip(t_s / length, 0.0, 1.0)
    rise = np.minimum(1.0, 10.0 * np.minimum(inside, 1.0 - inside))
    return np.asarray(np.where((t_s > 0.0) & (t_s < length), rise, 0.0) * harmonics)


def colored_noise(
    rng: np.random.Generator,
    shape: tuple[int, int],
    rate_hz: float,
    psd: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    """Return Gaussian noise of a one-sided power spectral density (unit^2/Hz)."""
    freq_hz = frequencies(shape[1], rate_hz)
    white = np.fft.rfft(rng.standard_normal(shape), axis=1)
    return np.asarray(np.fft.irfft(white * np.sqrt(0.5 * rate_hz * psd(freq_hz)), shape[1], axis=1))
