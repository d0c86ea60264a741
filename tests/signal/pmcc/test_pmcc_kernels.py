"""PMCC's compiled kernels against plain NumPy and SciPy."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.signal.pmcc import kernels, link_kernels
from vigie.signal.pmcc.filter_bank import FilterBank, squared_gain
from vigie.signal.pmcc.fractional import BEFORE, STEPS, TAPS, TOP_RAD, reading_filters
from vigie.signal.pmcc.kernels.waves import aligned
from vigie.signal.pmcc.networks import growth_order, start_triplets
from vigie.signal.pmcc.params import PmccBand

RNG = np.random.default_rng(5)
HOP, PER_WINDOW, COUNT, REACH = 7, 10, 40, 12
PAD = REACH + 3


def two_rows(delay: int = 4) -> np.ndarray:
    """Return two padded rows, the second later by some samples."""
    length = HOP * (COUNT + PER_WINDOW)
    common = np.convolve(RNG.normal(size=length + 40), np.hanning(9), mode="same")
    rows = np.stack([common[20 : 20 + length], common[20 - delay : 20 - delay + length]])
    rows += 0.05 * RNG.normal(size=rows.shape)
    return np.pad(rows, ((0, 0), (PAD, PAD + HOP))).astype(np.float32)


def test_pair_delays_equal_plain_correlation() -> None:
    padded = two_rows()
    energy = kernels.energies(padded, PAD, HOP, PER_WINDOW, COUNT)
    found = np.zeros((COUNT, 2 * REACH + 1), np.float32)
    start_of, reach_of = np.zeros((2, 2), np.int64), np.full((2, 2), REACH)
    layout = (PAD, HOP, PER_WINDOW)
    kernels.correlate(padded, layout, (0, COUNT), start_of, reach_of, energy, found)
    length = HOP * PER_WINDOW
    delay, height = np.zeros(kernels.PEAKS), np.zeros(kernels.PEAKS)
    delays = []
    for w in range(COUNT):
        start = PAD + w * HOP
        a, b = padded[0, start : start + length], padded[1, start : start + length]
        assert energy[:, w] == pytest.approx([np.sum(a**2), np.sum(b**2)], rel=1e-4)
        scale = float(np.sqrt(np.sum(a**2) * np.sum(b**2)))
        lags = np.arange(-REACH, REACH + 1)
        expected = [float(a @ padded[1, start + m : start + m + length]) / scale for m in lags]
        np.testing.assert_allclose(found[w], expected, atol=2e-4)
        kernels.highest(found[w], REACH, delay, height)
        assert delay[0] == pytest.approx(lags[int(np.argmax(expected))], abs=0.5001)
        assert (np.diff(height) <= 0.0).all()
        near, top = kernels.maximum_near(found[w], REACH, delay[0] + 0.4, 2)
        assert (near, top) == pytest.approx((delay[0], height[0]))
        delays.append(delay[0])
    assert np.median(delays) == pytest.approx(4.0, abs=0.05)


def correlated(
    padded: np.ndarray, layout: tuple[int, int, int], reach_of: np.ndarray
) -> np.ndarray:
    """Return the kernel's correlations of all pairs in all windows, one pair after the other."""
    pad, hop, per_window = layout
    count = (padded.shape[1] - 2 * pad) // hop - per_window + 1
    energy = kernels.energies(padded, pad, hop, per_window, count)
    pairs = list(combinations(range(len(padded)), 2))
    lags = [2 * int(reach_of[pair]) + 1 for pair in pairs]
    start_of = np.zeros_like(reach_of)
    for pair, start in zip(pairs, np.cumsum([0, *lags]), strict=False):
        start_of[pair] = start
    found = np.zeros((count, sum(lags)), np.float32)
    kernels.correlate(padded, layout, (0, count), start_of, reach_of, energy, found)
    return found


def plain(padded: np.ndarray, layout: tuple[int, int, int], reach_of: np.ndarray) -> np.ndarray:
    """Return the same in double precision, each window and lag for itself."""
    pad, hop, per_window = layout
    rows, length = padded.astype(np.float64), hop * per_window
    count = (padded.shape[1] - 2 * pad) // hop - per_window + 1
    out = []
    for start in pad + hop * np.arange(count):
        parts = rows[:, start : start + length]
        size = np.sqrt(np.sum(parts**2, axis=1))
        out.append(
            [
                parts[i] @ rows[j, start + m : start + m + length] / (size[i] * size[j])
                for i, j in combinations(range(len(rows)), 2)
                for m in range(-int(reach_of[i, j]), int(reach_of[i, j]) + 1)
            ]
        )
    return np.array(out)


@given(st.integers(1, 9), st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_correlations_of_any_length_and_reach_equal_plain_ones(hop: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, per_window = int(rng.integers(2, 5)), int(rng.integers(1, 11))
    reach_of = rng.integers(0, 9, (n, n))
    layout = (20, hop, per_window)
    padded = rng.normal(size=(n, 40 + hop * (per_window + 5))).astype(np.float32)
    expected = plain(padded, layout, reach_of)
    np.testing.assert_allclose(correlated(padded, layout, reach_of), expected, atol=1e-5)


def test_a_blast_leaves_nothing_in_the_windows_after_it() -> None:
    """In single precision its rounding stayed in the running sum, 2 of 1 in each correlation."""
    rng = np.random.default_rng(8)
    layout, reach_of = (20, 30, 10), np.full((2, 2), 12)
    padded = rng.normal(size=(2, 40 + 30 * 60)).astype(np.float32)
    padded[:, 500:540] += 1e4 * rng.normal(size=40).astype(np.float32)
    found, expected = (f(padded, layout, reach_of) for f in (correlated, plain))
    np.testing.assert_allclose(found, expected, atol=1e-3)


@given(st.floats(0.2, 2.5), st.floats(-0.5, 0.5), st.floats(0.1, 5.0))
def test_vertex_is_exact_for_a_cosine(omega: float, offset: float, height: float) -> None:
    left, middle, right = (height * np.cos(omega * (x - offset)) for x in (-1, 0, 1))
    if middle <= max(left, right, 0.0):
        return
    place, top = kernels.vertex(left, middle, right)
    assert place == pytest.approx(offset, abs=1e-6)
    assert top == pytest.approx(height, rel=1e-6)


@given(st.floats(0.2, 2.5), st.floats(-1.0, 1.0), st.floats(-3.0, 3.0), st.floats(-2.0, 2.0))
def test_between_is_exact_for_a_sine_on_a_constant(
    omega: float, x: float, phase: float, constant: float
) -> None:
    def value(at: float) -> float:
        return constant + float(np.cos(omega * at + phase))

    found = kernels.between(value(-1.0), value(0.0), value(1.0), x, kernels.sine_of(omega))
    assert found == pytest.approx(value(x), abs=1e-9)


@settings(deadline=None)
@given(st.integers(3, 8), st.integers(0, 1000))
def test_delays_of_a_plane_wave_close_and_give_its_slowness(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    offsets, slowness = rng.normal(size=(n, 2)), rng.normal(size=2)
    time = offsets @ slowness
    tau = time[None, :] - time[:, None]
    members = np.arange(n)
    assert kernels.closure(tau, members, n) == pytest.approx(0.0, abs=1e-12)
    east, north, det = kernels.plane(tau, members, n, offsets)
    if det:
        assert (east, north) == pytest.approx(tuple(slowness), rel=1e-6, abs=1e-9)
        assert kernels.misfit(tau, members, n, offsets, east, north) == pytest.approx(0, abs=1e-9)


def test_closure_is_the_rms_over_all_triplets() -> None:
    n = 5
    tau = RNG.normal(size=(n, n))
    tau -= tau.T
    squares = [(tau[i, j] + tau[j, k] + tau[k, i]) ** 2 for i, j, k in combinations(range(n), 3)]
    expected = np.sqrt(6.0 / (n * (n - 1) * (n - 2)) * np.sum(squares))
    assert kernels.closure(tau, np.arange(n), n) == pytest.approx(expected)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_families_are_the_connected_sets(seed: int, n: int) -> None:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(0.0, 600.0, n))
    window = rng.choice([30.0, 60.0], n)
    band = rng.integers(0, 8, n).astype(float)
    velocity = rng.uniform(0.3, 0.4, n)
    azimuth = rng.uniform(0.0, 360.0, n) if seed % 2 else rng.normal(0.0, 4.0, n) % 360.0
    dt = (time[:, None] - time) / np.maximum(window[:, None], window)
    dv = (velocity[:, None] - velocity) / (0.15 * velocity[:, None])
    turn = (azimuth[:, None] - azimuth + 180.0) % 360.0 - 180.0
    db = (band[:, None] - band) / 3.0
    d2 = dt**2 + db**2 + dv**2 + (turn / 8.0) ** 2
    # The velocity's scale is that of the later pixel.
    near = np.tril(d2 < 1.0, -1)
    expected = connected_components(csr_matrix(near), directed=False)[1]
    found = link_kernels.connected(time, window, band, velocity, azimuth, (1.0, 3.0, 0.15, 8.0))
    assert len(np.unique(found)) == len(np.unique(expected))
    for label in np.unique(found):
        assert len(np.unique(expected[found == label])) == 1


@given(st.integers(3, 16), st.integers(0, 500))
def test_start_networks_use_every_element(n: int, seed: int) -> None:
    offsets = np.random.default_rng(seed).normal(size=(n, 2))
    triplets = start_triplets(offsets)
    assert len({tuple(t) for t in triplets.tolist()}) == len(triplets)
    assert set(triplets.ravel().tolist()) == set(range(n))
    order = growth_order(offsets, triplets[0])
    assert sorted(order.tolist()) == list(range(n))


def test_filter_bank_passes_a_sine_of_the_band_and_stops_others() -> None:
    rate, band = 20.0, PmccBand(0.5, 0.63, 30.0)
    time = np.arange(60_000) / rate
    for freq, gain in ((band.centre_hz, 1.0), (0.5, 0.5), (2.0, 0.0), (0.05, 0.0)):
        record = FilterBank(np.sin(2.0 * np.pi * freq * time)[None], rate).cut(band)
        middle = record.samples[0, len(record.samples[0]) // 4 : 3 * len(record.samples[0]) // 4]
        assert float(np.std(middle)) * 2.0**0.5 == pytest.approx(gain, abs=0.01)
        assert record.rate_hz >= 5.0 * band.high_hz
    expected = float(np.trapezoid(squared_gain(np.linspace(0.0, 10.0, 200_001), band), dx=5e-5))
    assert record.bandwidth_hz == pytest.approx(expected, rel=0.2)


def test_windows_beside_a_gap_are_not_covered() -> None:
    samples = RNG.normal(size=(2, 20_000))
    samples[1, 9_000:9_400] = np.nan
    bank = FilterBank(samples, 20.0)
    covered = bank.coverage(30.0, 3.0, 5.0, 300)
    start = np.arange(300) * 3.0
    touched = (start + 30.0 > 450.0 - 5.0) & (start < 470.0 + 5.0)
    assert (covered[0] == 1.0).all()
    assert (covered[1, ~touched] == 1.0).all()
    assert (covered[1, touched] < 1.0).all()


def test_reading_filters_read_between_samples_to_their_stated_error() -> None:
    fraction = np.linspace(-0.5, 0.5, STEPS + 1)
    place = np.arange(TAPS) - BEFORE
    for top, error in ((1.5, 2e-4), (TOP_RAD, 6e-4)):
        omega = np.linspace(0.0, top, 300)
        read = reading_filters() @ np.exp(1j * place[:, None] * omega)
        np.testing.assert_allclose(read, np.exp(1j * fraction[:, None] * omega), atol=error)


@settings(deadline=None, max_examples=60)
@given(st.integers(3, 9), st.floats(0.0, 10.0), st.integers(0, 10_000))
def test_power_of_the_aligned_beam_is_that_of_exact_shifts(n: int, noise: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    size, start, length = 512, 150, 200
    freq = np.fft.rfftfreq(size) * 2.0 * np.pi
    inside = (freq > 0.8) & (freq < 1.4)
    wave, rest = rng.normal(size=size), noise * rng.normal(size=(n, size))
    dues = rng.uniform(-30.0, 30.0, n)
    spectra = np.where(inside, np.fft.rfft(wave) * np.exp(-1j * freq * dues[:, None]), 0.0)
    spectra += np.where(inside, np.fft.rfft(rest), 0.0)
    padded = np.fft.irfft(spectra, size).astype(np.float32)
    exact = np.fft.irfft(spectra * np.exp(1j * freq * dues[:, None]), size)
    exact = exact[:, start : start + length]
    room = np.zeros(length, np.float32)
    heard = np.ones(n, np.bool_)
    power, square = aligned(padded, start, reading_filters(), heard, dues, room)
    beam = exact.sum(axis=0)
    assert power == pytest.approx(float(np.sum(beam**2) / np.sum(exact**2) / n), abs=3e-4)
    assert square == pytest.approx(float(np.mean(beam**2)) / n**2, rel=2e-3, abs=1e-6)
    # A beam is never stronger than its elements, not even by rounding.
    assert power <= 1.0 + 1e-6
    if noise == 0.0:
        assert power > 0.9999


@given(st.floats(0.9, 4.0))
def test_slow_records_are_read_between_their_samples(samples_per_period: float) -> None:
    band = PmccBand(0.8, 1.0, 30.0)
    rate = samples_per_period * 2.0 / 0.9 * band.high_hz
    time = np.arange(round(200.0 * rate)) / rate
    record = FilterBank(np.sin(2.0 * np.pi * band.centre_hz * time)[None], rate).cut(band)
    assert record.rate_hz >= 5.0 * band.high_hz * (1.0 - 1e-9)
    at = np.arange(len(record.samples[0])) / record.rate_hz
    middle = (at > 60.0) & (at < 140.0)
    np.testing.assert_allclose(
        record.samples[0, middle], np.sin(2.0 * np.pi * band.centre_hz * at[middle]), atol=0.01
    )
