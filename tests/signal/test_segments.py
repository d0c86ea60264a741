"""Assembling a channel: order, gaps, overlaps, jitter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support_signals import START_NS, VERTICAL, waveform

from vigie.errors import ParameterError
from vigie.records import ChannelId, MaskKind, Waveform
from vigie.signal.segments import assemble, by_channel

RATE_HZ = 40.0


def piece(samples: np.ndarray[tuple[int], np.dtype[np.int32]], at: float) -> Waveform:
    """Return a piece that starts at a sample (with fraction) of the channel."""
    return waveform(samples, RATE_HZ, start_ns=START_NS + round(at * 1e9 / RATE_HZ))


@given(st.lists(st.integers(1, 200), min_size=1, max_size=12), st.randoms())
def test_packets_in_any_order_give_the_record_back(lengths: list[int], random: object) -> None:
    whole = np.arange(sum(lengths), dtype=np.int32)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    pieces = [piece(whole[s : s + n], s) for s, n in zip(starts, lengths, strict=True)]
    random.shuffle(pieces)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    record = assemble(pieces)
    assert record.masks == ()
    assert len(record.segments) == 1
    assert record.segments[0].same_as(waveform(whole, RATE_HZ))


@given(st.floats(-0.45, 0.45), st.floats(-0.45, 0.45))
def test_jitter_below_half_a_sample_makes_no_gap(first: float, second: float) -> None:
    whole = np.arange(300, dtype=np.int32)
    record = assemble(
        [
            piece(whole[:100], 0.0),
            piece(whole[100:200], 100 + first),
            piece(whole[200:], 200 + second),
        ]
    )
    assert record.masks == ()
    assert record.segments[0].same_as(waveform(whole, RATE_HZ))


def test_a_gap_is_masked_and_the_start_after_it_keeps_its_fraction() -> None:
    whole = np.arange(300, dtype=np.int32)
    record = assemble([piece(whole[:100], 0.0), piece(whole[150:], 150.37)])
    assert [m.kind for m in record.masks] == [MaskKind.GAP]
    assert record.masks[0].start_ns == START_NS + round(100e9 / RATE_HZ)
    assert record.segments[1].start_ns == START_NS + round(150.37e9 / RATE_HZ)
    assert record.masks[0].end_ns == record.segments[1].start_ns


def test_equal_overlaps_merge_and_contradicting_ones_are_masked() -> None:
    whole = np.arange(300, dtype=np.int32)
    other = whole[80:].copy()
    assert assemble([piece(whole[:120], 0), piece(other, 80)]).masks == ()
    other[5:8] += 1
    record = assemble([piece(whole[:120], 0), piece(other, 80)])
    (mask,) = record.masks
    assert (mask.kind, mask.n_samples) == (MaskKind.OVERLAP, 3)
    assert mask.start_ns == START_NS + round(85e9 / RATE_HZ)
    assert record.segments[0].same_as(waveform(whole, RATE_HZ))


def test_a_piece_within_another_adds_nothing() -> None:
    whole = np.arange(300, dtype=np.int32)
    record = assemble([piece(whole, 0), piece(whole[50:60], 50), piece(whole[200:], 200)])
    assert record.masks == ()
    assert record.segments[0].same_as(waveform(whole, RATE_HZ))


def test_nan_is_a_gap() -> None:
    samples = np.arange(100, dtype=np.float64)
    samples[40:45] = np.nan
    record = assemble([waveform(samples, RATE_HZ)])
    assert [len(s.samples) for s in record.segments] == [40, 55]
    assert [m.kind for m in record.masks] == [MaskKind.GAP]


def test_another_rate_begins_a_new_segment() -> None:
    slow = Waveform(VERTICAL, START_NS + 10 * 10**9, 20.0, np.zeros(100, dtype=np.int32))
    record = assemble([waveform(np.zeros(400, dtype=np.int32), RATE_HZ), slow])
    assert [s.rate_hz for s in record.segments] == [40.0, 20.0]


def test_channels_are_not_mixed() -> None:
    other = ChannelId("XX", "SYN", "", "BHN")
    pair = [waveform(np.zeros(9, np.int32), 40.0), waveform(np.zeros(9, np.int32), 40.0, other)]
    with pytest.raises(ParameterError, match="exactly one channel"):
        assemble(pair)
    assert sorted(by_channel(pair)) == [other, VERTICAL]
