"""``#Histogram``: coincidences, with the order of its axes decided by what the singles say.

Line 1 holds two sizes and two spans. Which of them is the gamma axis follows from the spans of
``#g_Spectrum`` and ``#b_Spectrum``; where both fit, from their sizes. If nothing tells them
apart, they are equal and the order does not matter. The counts stand in one row per gamma
channel (``_layouts``); where the lines are as long as the other axis, or only the other order
gives no more coincidences than singles, that is told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.formats.ims_radionuclide import _layouts
from vigie.formats.ims_radionuclide._counts import CountReader
from vigie.formats.ims_radionuclide._rows import Row
from vigie.formats.ims_radionuclide._spectrum import MAX_CHANNELS
from vigie.records import Histogram

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.ims_radionuclide._blocks import Block
    from vigie.formats.ims_radionuclide._spectrum import Axis
    from vigie.records import CountArray

_SAME_SPAN = 1e-3
"""Relative; spans are whole keV, or rounded to a few digits."""
_MUCH = 0.02
"""Share of the coincidences that may exceed the singles: both are cut at thresholds."""
_MANY = 0.1
"""Share that means that the axes are exchanged: 26 % for a Xe-133 calibration transposed."""


@dataclass(slots=True)
class _Head:
    """Line 1: size and span of each axis."""

    n_gamma: int
    n_beta: int
    gamma_span_kev: float
    beta_span_kev: float

    @property
    def turned(self) -> _Head:
        """The same with the other axis first."""
        return _Head(self.n_beta, self.n_gamma, self.beta_span_kev, self.gamma_span_kev)


def read_histogram(
    block: Block, gamma: Axis | None, beta: Axis | None, log: IssueLog
) -> Histogram | None:
    """Return the histogram; None, with an issue, where its order or its counts are in doubt.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    lines = block.rows
    if not lines:
        log.bad_record(block.place, field_name="#Histogram", text="", expected="filled")
        return None
    head = _head(Row(block.name, *lines[0], log))
    if head is None:
        return None
    head = _decided(head, gamma, beta, Row(block.name, *lines[0], log))
    if head is None:
        return None
    counts = _counts(block, lines[1:], head, log)
    if counts is None:
        return None
    _compare_singles(block, counts, gamma, beta, log)
    return Histogram(
        counts=counts, gamma_span_kev=head.gamma_span_kev, beta_span_kev=head.beta_span_kev
    )


def _head(row: Row) -> _Head | None:
    first, second = row.whole("size"), row.whole("size")
    spans = row.value("span"), row.value("span")
    if first is None or second is None or spans[0] is None or spans[1] is None:
        return None
    row.end()
    if not (0 < first <= MAX_CHANNELS and 0 < second <= MAX_CHANNELS):
        row.bad("size", f"{first} {second}", f"two numbers of channels up to {MAX_CHANNELS}")
        return None
    if min(spans[0], spans[1]) <= 0.0:
        row.doubt("span", f"{spans[0]:g} {spans[1]:g}", "above 0 keV")
    head = _Head(first, second, spans[0], spans[1])
    return head if _layouts.HISTOGRAM_GAMMA_FIRST else head.turned


def _decided(head: _Head, gamma: Axis | None, beta: Axis | None, row: Row) -> _Head | None:
    """Return the head with its gamma axis first; None where neither order fits the singles."""
    if head == head.turned:
        return head
    fits = [one for one in (head, head.turned) if _fits(one, gamma, beta)]
    if len(fits) > 1:
        fits = [one for one in fits if _sizes_fit(one, gamma, beta)] or fits
    shown = " ".join(row.words[:4])
    if len(fits) == 1:
        return fits[0]
    if not fits:
        expected = "in agreement with the spans of #g_Spectrum and #b_Spectrum in either order"
        row.bad("spans", shown, expected)
        return None
    row.doubt("axes", shown, "told apart by #g_Spectrum and #b_Spectrum (taken as gamma first)")
    return head


def _fits(head: _Head, gamma: Axis | None, beta: Axis | None) -> bool:
    pairs = ((gamma, head.gamma_span_kev), (beta, head.beta_span_kev))
    return all(
        axis is None
        or axis.span_kev is None
        or math.isclose(axis.span_kev, span, rel_tol=_SAME_SPAN)
        for axis, span in pairs
    )


def _sizes_fit(head: _Head, gamma: Axis | None, beta: Axis | None) -> bool:
    pairs = ((gamma, head.n_gamma), (beta, head.n_beta))
    return all(axis is None or len(axis.counts) == size for axis, size in pairs)


def _counts(
    block: Block, lines: list[tuple[int, list[str]]], head: _Head, log: IssueLog
) -> CountArray | None:
    reader = CountReader(block.name, log)
    counts: list[int] = []
    for number, words in lines:
        row = reader.read(words, number)
        if row is None:
            return None
        counts += row
    due = head.n_gamma * head.n_beta
    if len(counts) != due:
        log.bad_record(
            f"line {lines[-1][0]}" if lines else block.place,
            field_name="#Histogram",
            text=f"{len(counts)} counts",
            expected=f"{head.n_gamma} x {head.n_beta} = {due} of them (it may be cut off)",
        )
        return None
    array = np.array(counts, dtype=np.int64)
    lengths = {len(words) for _, words in lines}
    if head.n_gamma != head.n_beta and lengths == {head.n_gamma}:
        text = "#Histogram has one row per beta channel; turned"
        log.notice(block.place, "formats.histogram_rows", text)
        return np.ascontiguousarray(array.reshape(head.n_beta, head.n_gamma).T)
    if not _layouts.HISTOGRAM_BETA_FASTEST:
        return np.ascontiguousarray(array.reshape(head.n_beta, head.n_gamma).T)
    return array.reshape(head.n_gamma, head.n_beta)


def _compare_singles(
    block: Block, counts: CountArray, gamma: Axis | None, beta: Axis | None, log: IssueLog
) -> None:
    """Tell where coincidences exceed the singles as read, but not with axes exchanged."""
    total = int(counts.sum())
    if gamma is None or beta is None or not total:
        return
    if counts.shape != (len(gamma.counts), len(beta.counts)) or counts.shape[0] != counts.shape[1]:
        return
    read, other = (_excess(one, gamma, beta) / total for one in (counts, counts.T))
    if read > _MANY > _MUCH > other:
        log.suspect(
            block.place,
            field_name="#Histogram",
            text=f"{read:.0%} of the coincidences",
            expected="at most as many per channel as the singles (with axes exchanged they are)",
        )


def _excess(counts: CountArray, gamma: Axis, beta: Axis) -> int:
    over_gamma = np.maximum(counts.sum(axis=1) - gamma.counts, 0).sum()
    over_beta = np.maximum(counts.sum(axis=0) - beta.counts, 0).sum()
    return int(max(over_gamma, over_beta))
