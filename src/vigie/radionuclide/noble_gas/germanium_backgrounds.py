"""Backgrounds of a germanium sample: what their own spectra hold at the lines of xenon.

What it computes: each background's spectrum is fitted like a sample's, which gives the counts per
second b of the empty detector at the lines of each isotope (a constant rate, written as Bq by the
sample's efficiencies), or the activities g of the gas background, both with their covariance. In
the sample's likelihood stand b, and the memory m left of the gas after its decay, as unknowns with
those measurements as normal terms: b + N(0, C_b), m + b + N(0, C_g). Of Xe-133m that was left what
decays until the sample, and while it is counted, is Xe-133 (Bateman). Only what stands at the lines
matters: continua and other peaks are free in each spectrum. Efficiencies cancel in what is
subtracted, so b and m do not share their errors.

Source: sheet 7.5 (memory, equation of the gas background). Assumes normal errors of a background's
fit. Accuracy: docs/methods/noble-gas.md. Cost: 0.3 s per background.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.germanium_shapes import XE133_ROW, XE133M_ROW
from vigie.radionuclide.noble_gas.germanium_spectrum import cells_of, columns_of, prepared
from vigie.radionuclide.noble_gas.memory import counted_as, left_after
from vigie.radionuclide.noble_gas.problem import covariance_at, minimum, problem_of
from vigie.radionuclide.noble_gas.timing import (
    Counting,
    effective_s,
    ingrowth_in_activity,
)
from vigie.radionuclide.noble_gas.xenon import XE133, XE133M, XENONS
from vigie.records import Spectrum

if TYPE_CHECKING:
    from vigie.radionuclide.noble_gas.cell_model import CellModel
    from vigie.radionuclide.peaks.efficiency import EfficiencyCurve

FloatArray = NDArray[np.float64]
N = len(XENONS)
WORTH = 1e4
"""Counts by which a normal term is written as a Poisson one, or (100 x)^2 for values x > 1 in
standard errors: the law is normal and its width right within 1 %."""
KNOWN = 1e13
"""Counts of what is as good as known."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BackgroundSpectrum:
    """A background as measured."""

    spectrum: Spectrum
    counting: Counting
    delay_s: float = 0.0
    """From its start to that of the sample; of gas."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LineActivities:
    """What a fit gives, in the order of ``XENONS``."""

    value: FloatArray
    covariance: FloatArray
    withheld: tuple[str, ...] = ()
    """Isotopes of which the background says nothing: its energies are in doubt."""


def line_activities(
    one: BackgroundSpectrum, curve: EfficiencyCurve, *, constant: bool
) -> LineActivities:
    """Return what stands at the lines of each isotope, Bq.

    Parameters
    ----------
    curve : EfficiencyCurve
        Of the sample: so its errors cancel.
    constant : bool
        Whether it is a constant rate, of the detector; else a gas that decays.
    """
    ready = prepared(one.spectrum, curve)
    seconds = _seconds(one.counting, constant=constant)
    grown = ingrowth_in_activity(XE133M.decay_per_s, XE133.decay_per_s, one.counting.real_s)
    columns, doubts = columns_of(ready, curve, seconds, 0.0 if constant else grown)
    problem = problem_of(cells_of(ready, columns, doubts))
    counts = problem.model.counts
    best = minimum(problem, counts, problem.free(), np.zeros(problem.size))
    scale = problem.scale[:N]
    covariance = covariance_at(problem, counts, best)[:N, :N] / np.outer(scale, scale)
    return LineActivities(
        value=best.point[:N] / scale, covariance=covariance, withheld=tuple(ready.withheld)
    )


def with_backgrounds(
    model: CellModel,
    counting: Counting,
    ingrowth: float,
    *,
    curve: EfficiencyCurve,
    detector: BackgroundSpectrum | None,
    gas: BackgroundSpectrum | None,
) -> tuple[CellModel, tuple[str, ...]]:
    """Return the model of a sample with what its backgrounds leave at the lines of xenon.

    Beside it stand the isotopes of which a background says nothing.

    Parameters
    ----------
    model : CellModel
        Its first four columns are those of ``XENONS``.
    ingrowth : float
        Bq of Xe-133 that are counted as Xe-133m, in that column.
    """
    decaying = _seconds(counting, constant=False)
    steady = np.diag(counting.live_s / decaying)
    terms: list[tuple[LineActivities, FloatArray]] = []
    added: list[FloatArray] = []
    if detector is not None:
        added.append(steady)
        found = line_activities(detector, curve, constant=True)
        terms.append((found, np.eye(N)))
    if gas is not None:
        found = line_activities(gas, curve, constant=False)
        parts = [np.eye(N)]
        if detector is not None:
            rate = gas.counting.live_s / _seconds(gas.counting, constant=False)
            parts.insert(0, np.diag(rate))
        left = counted_as(counting.real_s, XENONS) @ left_after(gas.delay_s, XENONS)
        added.append(left)
        terms.append((found, np.hstack(parts)))
    silent = {name for one, _ in terms for name in one.withheld}
    names = tuple(one.name for one in XENONS if one.name in silent)
    return (model if not added else _extended(model, ingrowth, added, terms)), names


def _seconds(counting: Counting, *, constant: bool) -> FloatArray:
    if constant:
        return np.full(N, counting.live_s)
    return np.array([effective_s(one.decay_per_s, counting) for one in XENONS])


def _extended(
    model: CellModel,
    ingrowth: float,
    added: list[FloatArray],
    terms: list[tuple[LineActivities, FloatArray]],
) -> CellModel:
    """Return the model with columns of what is added per Bq, and a row for each normal term."""
    own = model.design[0][:, :N].copy()
    own[:, XE133M_ROW] -= ingrowth * own[:, XE133_ROW]
    more = np.hstack([own @ matrix for matrix in added])
    n_old, n_more = model.design.shape[2], more.shape[1]
    rows, counts, ratio = [], [], []
    for found, matrix in terms:
        values, vectors = np.linalg.eigh(found.covariance)
        root = np.sqrt(np.maximum(values, 1e-12 * values.max()))
        wide = np.pad(matrix, ((0, 0), (0, n_more - matrix.shape[1])))
        for size, vector in zip(root, vectors.T, strict=True):
            measured = float(vector @ found.value) / size
            worth = max(WORTH, (100.0 * measured) ** 2)
            rows.append(np.sqrt(worth) * (vector @ wide) / size)
            counts.append((worth + np.sqrt(worth) * measured, 0.0, KNOWN))
            ratio.append((worth / KNOWN, 0.0, 1.0))
    n_rows = len(rows)
    design = np.block([[model.design[0], more], [np.zeros((n_rows, n_old)), np.array(rows)]])
    return replace(
        model,
        counts=np.vstack([model.counts, counts]),
        ratio=np.vstack([model.ratio, ratio]),
        design=np.stack([design, np.zeros_like(design), np.zeros_like(design)]),
        relative=_doubts(model, len(added), n_rows),
    )


def _doubts(model: CellModel, n_added: int, n_rows: int) -> FloatArray:
    """Return the doubts with those of shape for what is added too, those of efficiency not."""
    shape = np.array([not name.startswith("efficiency") for name in model.nuisances])
    same = model.relative[:, :, :N] * shape[:, np.newaxis, np.newaxis]
    wide = np.concatenate([model.relative, *[same] * n_added], axis=2)
    return np.pad(wide, ((0, 0), (0, n_rows), (0, 0)))
