"""The sensitivities of matched samples as one matrix over a domain; several models as an ensemble.

Of a sample with several models the mean of their sensitivities is taken, with their standard
deviation beside the spread that each brings: what models disagree about is an error of the model.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.products.transport.source_pair import time_text
from vigie.records import Reason, Sensitivity, global_grid
from vigie.transport.sensitivities import on_grid
from vigie.transport.source.assembly import MOST_VALUES, Domain, domain_of, source_matrix
from vigie.transport.source.place_error import with_place_error
from vigie.transport.source.posterior import SourceMatrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.products.transport.source_pair import Pair
    from vigie.records import LatLonGrid

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The domain as it is asked for."""

    box: tuple[float, float, float, float] | None = None
    """South, west, north and east, deg; None: the cells that a detection can come from."""
    from_ns: int | None = None
    """Of releases; None: as far back as the sensitivities of all detections go."""
    to_ns: int | None = None
    """None: the last end of a collection."""
    interval_s: float | None = None
    """None: the shortest step."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Assembled:
    """What all methods work on."""

    domain: Domain
    matrix: SourceMatrix
    """A row for each pair."""
    moved: tuple[tuple[Sensitivity, ...], ...]
    """Of each pair, its sensitivities with errors of place."""
    by_model: tuple[SourceMatrix, ...]
    """Of each pair, a row for each model; empty where no pair has several."""
    remarks: tuple[Reason, ...]


def assemble(
    pairs: Sequence[Pair], where: Where, nuclide: str, *, km_per_day: float = 0.0
) -> Assembled:
    """Return domain and matrix of matched samples.

    Parameters
    ----------
    pairs : sequence of Pair
    where : Where
    nuclide : str
    km_per_day : float
        Error of place. By default the domain is all from which, with it, a detection can come.

    Raises
    ------
    ParameterError
        Grids do not fit, the domain holds no cell, nothing in it can have reached a detection, the
        time lies outside of what was computed, or the matrix would be too large.
    """
    records = on_one_grid(pairs)
    moved = misplaced(records, km_per_day)
    flat = [record for own in records for record in own]
    detected = [
        record
        for pair, own in zip(pairs, moved, strict=True)
        for record in own
        if pair.observation.detected
    ]
    times, remarks = _times(pairs, flat, detected, where)
    domain = _domain(flat, detected, times, where)
    uncertain = km_per_day > 0.0 or any(one.spread is not None for one in flat)
    _check_size(len(flat), domain, spread=uncertain)
    matrix, by_model = matrix_of(records, domain, nuclide)
    of = [pair.observation.detected for pair in pairs]
    if not matrix.sensitivity[of].any():
        raise ParameterError(
            name="domain",
            value=_said(domain, where),
            expected="where and when a release can have reached a detection: no sensitivity does "
            "(see --domain, --release-from and --release-to)",
        )
    if by_model:
        n = sum(len(own) > 1 for own in records)
        remarks.append(Reason.of("source.several_models", n=n))
    return Assembled(
        domain=domain,
        matrix=matrix,
        moved=tuple(map(tuple, moved)),
        by_model=tuple(by_model),
        remarks=tuple(remarks),
    )


def matrix_of(
    records: Sequence[Sequence[Sensitivity]], domain: Domain, nuclide: str
) -> tuple[SourceMatrix, list[SourceMatrix]]:
    """Return the sensitivities of samples with decay: means over models, and each sample's models.

    Parameters
    ----------
    records : sequence
        Of each sample, one for each model; all on the grid of the domain.
    domain : Domain
    nuclide : str
    """
    every = source_matrix([one for own in records for one in own], domain, nuclide=nuclide)
    ends = np.cumsum([0, *(len(own) for own in records)])
    groups = [slice(a, b) for a, b in itertools.pairwise(ends)]
    if all(len(own) == 1 for own in records):
        return every, []
    return _joined(every, groups), [_part(every, group) for group in groups]


def located_matrix(assembled: Assembled, nuclide: str) -> SourceMatrix:
    """Return the sensitivities of samples with errors of place, for what weighs errors."""
    return matrix_of(assembled.moved, assembled.domain, nuclide)[0]


def misplaced(
    records: Sequence[Sequence[Sensitivity]], km_per_day: float
) -> list[list[Sensitivity]]:
    """Return sensitivities with errors of place; see ``with_place_error``."""
    return [[with_place_error(one, km_per_day) for one in own] for own in records]


def on_one_grid(pairs: Sequence[Pair]) -> list[list[Sensitivity]]:
    """Return the sensitivities of samples, one list each, on the cells of one grid.

    Raises
    ------
    ParameterError
        Cells differ: nothing is interpolated.
    """
    fields = [one for pair in pairs for one in pair.fields]
    grid = _common_grid([one.record.grid for one in fields])
    out = []
    for pair in pairs:
        own = []
        for one in pair.fields:
            if not grid.fits(one.record.grid):
                raise ParameterError(
                    name="grid",
                    value=f"{one.path}: {one.record.grid.latitude_step:g} x "
                    f"{one.record.grid.longitude_step:g} deg",
                    expected=f"cells of the {grid.latitude_step:g} x {grid.longitude_step:g} deg "
                    "of the others: nothing is interpolated; give files of one grid",
                )
            own.append(one.record if one.record.grid == grid else on_grid(one.record, grid))
        out.append(own)
    return out


def _common_grid(grids: Sequence[LatLonGrid]) -> LatLonGrid:
    """Return the grid of all; of regions that differ, the same cells round the whole Earth."""
    first = grids[0]
    if all(grid == first for grid in grids):
        return first
    return global_grid(
        first.latitude_step,
        first.longitude_step,
        latitude_phase=first.first_latitude,
        longitude_phase=first.first_longitude,
    )


def _times(
    pairs: Sequence[Pair],
    flat: Sequence[Sensitivity],
    detected: Sequence[Sensitivity],
    where: Where,
) -> tuple[tuple[int, int], list[Reason]]:
    """Return the time of releases, clipped to what was computed, and what is to be said of it."""
    begins = [one.simulated_from_ns for one in flat]
    last_stop = max(one.collection_stop_ns for one in detected)
    # Before the common begin some detections were not asked; those of many weeks have none. A
    # silent sample that was not asked says less than it might, and nothing wrong.
    common = max(one.simulated_from_ns for one in detected)
    usual = common if common < min(one.collection_stop_ns for one in detected) else min(begins)
    first = usual if where.from_ns is None else where.from_ns
    last = last_stop if where.to_ns is None else where.to_ns
    clipped = max(first, min(begins)), min(last, last_stop)
    if clipped[1] <= clipped[0]:
        raise ParameterError(
            name="--release-from, --release-to",
            value=f"{time_text(first)}, {time_text(last)}",
            expected="rising, and within the time that the sensitivities of detections answer for: "
            f"{time_text(min(begins))} to {time_text(last_stop)}",
        )
    remarks = []
    if clipped != (first, last):
        told = {"first": time_text(clipped[0]), "last": time_text(clipped[1])}
        remarks.append(Reason.of("source.window_clipped", **told))
    late = [
        pair.name
        for pair in pairs
        if max(one.record.simulated_from_ns for one in pair.fields) > clipped[0]
    ]
    if late:
        remarks.append(Reason.of("source.not_asked", samples=", ".join(late), n=len(late)))
    return clipped, remarks


def _domain(
    flat: Sequence[Sensitivity],
    detected: Sequence[Sensitivity],
    times: tuple[int, int],
    where: Where,
) -> Domain:
    south, west, north, east = where.box or (-90.0, 0.0, 90.0, 360.0)
    try:
        domain = domain_of(
            flat,
            latitudes=(south, north),
            longitudes=None if east - west >= 360.0 else (west, east),
            times_ns=times,
            interval_s=where.interval_s,
        )
    except ParameterError as error:
        if error.params["name"] != "cells":
            raise
        grid = flat[0].grid
        raise ParameterError(
            name="--domain",
            value=f"{south:g} {west:g} {north:g} {east:g}",
            expected="south, west, north, east of a box that holds centres of cells of "
            f"{grid.latitude_step:g} x {grid.longitude_step:g} deg",
        ) from error
    if where.box is not None:
        return domain
    reached = [_reached(one, *times) for one in detected]
    cells = np.unique(np.concatenate(reached)) if reached else np.empty(0, dtype=np.int64)
    return replace(domain, cells=cells) if len(cells) else domain


def _reached(one: Sensitivity, first_ns: int, last_ns: int) -> IntArray:
    """Return the cells from which something arrives of a release within a time."""
    ends = one.step_ends_ns[one.step]
    within = (ends > first_ns) & (ends - round(one.step_s * 1e9) < last_ns) & (one.value > 0.0)
    return np.unique(one.cell[within])


def _check_size(n_fields: int, domain: Domain, *, spread: bool) -> None:
    shape = (n_fields, len(domain.edges_ns) - 1, len(domain.cells))
    if float(np.prod(shape)) * (1 + spread) > MOST_VALUES:
        raise ParameterError(
            name="domain",
            value=" x ".join(map(str, shape)) + " values",
            expected="fewer: make it smaller with --domain, --release-from and --release-to, or "
            "intervals longer with --interval",
        )


def _said(domain: Domain, where: Where) -> str:
    box = "everywhere" if where.box is None else " ".join(f"{value:g}" for value in where.box)
    edges = [time_text(int(domain.edges_ns[k])) for k in (0, -1)]
    return f"{box}, {edges[0]} to {edges[1]}"


def _part(matrix: SourceMatrix, rows: slice) -> SourceMatrix:
    spread = None if matrix.spread is None else matrix.spread[rows]
    return replace(matrix, sensitivity=matrix.sensitivity[rows], spread=spread)


def _joined(matrix: SourceMatrix, groups: Sequence[slice]) -> SourceMatrix:
    """Return mean and standard error over the models of each sample."""
    shape = (len(groups), *matrix.sensitivity.shape[1:])
    mean, spread = np.empty(shape), np.zeros(shape)
    for k, group in enumerate(groups):
        values = matrix.sensitivity[group]
        mean[k] = values.mean(axis=0)
        if len(values) > 1:
            spread[k] = values.var(axis=0, ddof=1)
        if matrix.spread is not None:
            spread[k] += (matrix.spread[group] ** 2).mean(axis=0)
    return replace(matrix, sensitivity=mean, spread=np.sqrt(spread))
