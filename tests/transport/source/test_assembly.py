"""Sensitivities of several samples on one row of intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vigie.errors import ParameterError
from vigie.records import NS_PER_S, LatLonGrid, Sensitivity, parse_iso
from vigie.transport.sample_decay import sample_decay
from vigie.transport.source.assembly import Domain, domain_of, source_matrix

GRID = LatLonGrid(
    first_latitude=40.0, latitude_step=10.0, n_latitude=3,
    first_longitude=0.0, longitude_step=10.0, n_longitude=36,
)  # fmt: skip
STOP = parse_iso("2019-08-05T15:00:00")
HOUR_NS = 3600 * NS_PER_S
STEPS = 6


def field(seed: int, *, stop_ns: int = STOP, spread: bool = False) -> Sensitivity:
    rng = np.random.default_rng(seed)
    dense = rng.lognormal(-34.0, 1.0, (STEPS, GRID.n_cells)) * (
        rng.random((STEPS, GRID.n_cells)) < 0.3
    )
    step, cell = np.nonzero(dense)
    value = dense[step, cell]
    return Sensitivity(
        station="ABC", receptor_latitude=48.0, receptor_longitude=10.0,
        collection_start_ns=stop_ns - 24 * HOUR_NS, collection_stop_ns=stop_ns,
        step_s=10_800.0, n_steps=STEPS, grid=GRID,
        step=step.astype(np.int32), cell=cell.astype(np.int64), value=value,
        spread=0.5 * value if spread else None,
    )  # fmt: skip


def everywhere(edges_ns: np.ndarray) -> Domain:
    return Domain(grid=GRID, cells=np.arange(GRID.n_cells), edges_ns=edges_ns)


def test_on_its_own_steps_a_field_is_itself_in_rising_time() -> None:
    one = field(1, spread=True)
    domain = domain_of([one])
    assert len(domain.edges_ns) == STEPS + 1
    assert domain.edges_ns[-1] == STOP
    found = source_matrix([one], domain)
    assert found.sensitivity[0] == pytest.approx(one.matrix().toarray()[::-1])
    assert found.spread is not None
    assert found.spread[0] == pytest.approx(0.5 * found.sensitivity[0])
    assert found.areas_km2 == pytest.approx(GRID.cell_areas_m2(domain.cells) / 1e6)


@pytest.mark.parametrize("nuclide", [None, "Xe-135"])
def test_an_even_release_gives_the_same_on_other_edges(nuclide: str | None) -> None:
    # Releases even over whole intervals: what a sample sees does not depend on the cut.
    one = field(2, stop_ns=STOP + HOUR_NS)
    decay = np.ones(STEPS)
    if nuclide is not None:
        decay = sample_decay(nuclide, collection_s=86_400.0, interval_s=10_800.0, n_intervals=STEPS)
    first = one.simulated_from_ns
    whole = np.array([first, one.collection_stop_ns])
    seen = source_matrix([one], everywhere(whole), nuclide=nuclide).sensitivity[0, 0]
    assert seen == pytest.approx(decay @ one.matrix().toarray() / STEPS)
    odd = np.array([first, first + 5 * HOUR_NS, first + 6 * HOUR_NS, one.collection_stop_ns])
    cut = source_matrix([one], everywhere(odd), nuclide=nuclide).sensitivity[0]
    share = np.diff(odd) / (odd[-1] - odd[0])
    assert share @ cut == pytest.approx(seen)


def test_times_that_no_step_reaches_have_nothing() -> None:
    one = field(3)
    later = np.array([STOP, STOP + 3 * HOUR_NS, STOP + 6 * HOUR_NS])
    assert not source_matrix([one], everywhere(later)).sensitivity.any()


def test_a_box_over_greenwich() -> None:
    domain = domain_of([field(4)], latitudes=(45.0, 55.0), longitudes=(350.0, 10.0))
    lat, lon = GRID.centres(domain.cells)
    assert set(lat) == {50.0}
    assert set(lon) == {350.0, 0.0, 10.0}


def test_what_does_not_fit_together_is_refused() -> None:
    one = field(5)
    other = replace(GRID, longitude_step=5.0, n_longitude=72)
    with pytest.raises(ParameterError, match="fields"):
        domain_of([one, replace(one, grid=other)])
    with pytest.raises(ParameterError, match="fields"):
        domain_of([])
    with pytest.raises(ParameterError, match="fields"):
        source_matrix([replace(one, grid=other)], everywhere(domain_of([one]).edges_ns))
    with pytest.raises(ParameterError, match="cells"):
        domain_of([one], latitudes=(80.0, 85.0))
    with pytest.raises(ParameterError, match="edges_ns"):
        everywhere(np.array([STOP, STOP]))
    huge = np.arange(STOP, STOP + 10**7, 2)
    with pytest.raises(ParameterError, match="crop"):
        source_matrix([one], everywhere(huge))
