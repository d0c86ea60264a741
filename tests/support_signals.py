"""Synthetic recordings with known truth, for the tests and benchmarks of signals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigie.records import ChannelId, Samples, Waveform, parse_iso

FloatArray = NDArray[np.float64]

START_NS = parse_iso("2016-01-06T00:00:12.345Z")
VERTICAL = ChannelId("XX", "SYN", "", "BHZ")


def waveform(
    samples: Samples, rate_hz: float, channel: ChannelId = VERTICAL, start_ns: int = START_NS
) -> Waveform:
    """Return samples as a recording."""
    return Waveform(channel, start_ns, rate_hz, samples)


def noise(rng: np.random.Generator, n: int, rate_hz: float, rms: float = 50.0) -> FloatArray:
    """Return Gaussian noise shaped like the ground's: microseism falling off, a white floor."""
    freq = np.fft.rfftfreq(n, 1.0 / rate_hz)
    shape = np.sqrt(1.0 / (1.0 + (freq / 0.25) ** 2) + 0.01)
    shape[freq < 0.02] = 0.0
    samples = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * shape, n)
    return np.asarray(samples * (rms / samples.std()))


def onset_signal(
    rng: np.random.Generator,
    n: int,
    rate_hz: float,
    onset: float,
    shape: tuple[float, float] | tuple[float, float, int],
) -> FloatArray:
    """Return a random signal that begins exactly at an index and decays over 6 s.

    ``shape`` is rise time (s), frequency (Hz) and poles of the rise: 1 (by default) begins with a
    corner, 3 smoothly, as waves do that went through the Earth and a seismometer. Noise under
    an envelope rings a causal resonator, so nothing stands before the onset.
    """
    from scipy.signal import lfilter
    from scipy.special import gammainc

    rise_s, freq_hz, *poles = shape
    order = poles[0] if poles else 1
    t = np.maximum((np.arange(n) - onset) / rate_hz, 0.0)
    # The law of a sum of exponential delays; its mean is the rise time.
    envelope = gammainc(order, order * t / rise_s) * np.exp(-t / 6.0)
    pole = np.exp(-2.0 * np.pi * freq_hz * 0.35 / rate_hz)
    turn = 2.0 * np.pi * freq_hz / rate_hz * np.sqrt(1.0 - 0.35**2)
    driven = rng.standard_normal(n) * envelope
    return np.asarray(lfilter([1.0, -1.0], [1.0, -2.0 * pole * np.cos(turn), pole**2], driven))


def events_in_noise(
    rng: np.random.Generator, duration_s: float, rate_hz: float, n_events: int
) -> tuple[FloatArray, FloatArray]:
    """Return noise with events of peak 3 to 300 times its rms, and their onsets in s."""
    n = round(duration_s * rate_hz)
    samples = noise(rng, n, rate_hz)
    onsets_s = np.sort(rng.uniform(60.0, duration_s - 60.0, n_events))
    for onset_s in onsets_s:
        length = min(round(60.0 * rate_hz), n - int(onset_s * rate_hz))
        begin = int(onset_s * rate_hz)
        shape = (0.1, float(rng.uniform(1.5, 4.0)))
        signal = onset_signal(rng, length, rate_hz, onset_s * rate_hz - begin, shape)
        peak = 50.0 * 10.0 ** rng.uniform(0.5, 2.5)
        samples[begin : begin + length] += signal * (peak / np.abs(signal).max())
    return samples, onsets_s


def glitches(
    rng: np.random.Generator, samples: FloatArray, rate_hz: float, count: int
) -> NDArray[np.int32]:
    """Return the samples as counts with spikes, steps, boxes, bursts and dead stretches added."""
    x = samples.copy()
    n = len(x)
    for kind in rng.choice(["spike", "wide", "step", "dead", "zero", "box", "burst"], count):
        i = int(rng.integers(round(100 * rate_hz), n - round(100 * rate_hz)))
        amplitude = 50.0 * 10.0 ** rng.uniform(1.3, 3.5) * rng.choice([-1.0, 1.0])
        long = i + int(rng.uniform(2.5, 30.0) * rate_hz)
        if kind == "spike":
            x[i] += amplitude
        elif kind == "wide":
            x[i : i + 3] += amplitude * np.array([0.5, 1.0, 0.6])
        elif kind == "step":
            x[i:] += amplitude
        elif kind in ("dead", "zero"):
            x[i:long] = x[i] if kind == "dead" else 0.0
        elif kind == "box":
            x[i:long] += amplitude
        else:
            for j in rng.integers(0, round(2.0 * rate_hz), 6):
                x[i + j] += amplitude
    return np.round(np.clip(x, -(2.0**23), 2.0**23 - 1.0)).astype(np.int32)
