"""Sensitivities joined over time and brought to other grids: exact, or refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.records import LatLonGrid, Sensitivity, global_grid
from vigie.testing.examples import sensitivity
from vigie.transport.sensitivities import merge_steps, on_grid

COARSE = global_grid(10.0, 10.0)


def drawn(seed: int, *, n_steps: int = 12, share: float = 0.3) -> Sensitivity:
    """Return a sensitivity with so large a share of cells that are not 0."""
    rng = np.random.default_rng(seed)
    step, cell = np.nonzero(rng.random((n_steps, COARSE.n_cells)) < share)
    value = rng.exponential(size=len(step))
    return replace(
        sensitivity(), grid=COARSE, n_steps=n_steps, step=step.astype(np.int32), cell=cell,
        value=value, spread=0.5 * value,
    )  # fmt: skip


@given(seed=st.integers(0, 99), count=st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_merged_steps_are_means_with_the_zeros(seed: int, count: int) -> None:
    one = drawn(seed)
    merged = merge_steps(one, count)
    expected = one.matrix().toarray().reshape(12 // count, count, -1).mean(axis=1)
    np.testing.assert_allclose(merged.matrix().toarray(), expected, rtol=1e-14)
    np.testing.assert_allclose(merged.matrix(spread=True).toarray(), 0.5 * expected, rtol=1e-14)
    assert merged.step_s == one.step_s * count
    assert merged.simulated_from_ns == one.simulated_from_ns
    np.testing.assert_array_equal(merged.step_ends_ns, one.step_ends_ns[::count])


def test_a_cell_of_one_step_in_eight_gets_an_eighth() -> None:
    # A peer averages over the rows that are there, which gives the whole.
    one = replace(sensitivity(), spread=None)
    merged = merge_steps(one, 8)
    assert merged.value[0] == one.value[0] / 8.0
    assert merged.step.tolist() == [0, 0, 4]


@pytest.mark.parametrize(("partial", "n_steps"), [("zeros", 3), ("drop", 2)])
def test_steps_left_over_are_kept_or_dropped_as_asked(
    partial: Literal["zeros", "drop"], n_steps: int
) -> None:
    one = drawn(1)
    with pytest.raises(ParameterError, match="divisor of the 12"):
        merge_steps(one, 5)
    merged = merge_steps(one, 5, partial=partial)
    assert merged.n_steps == n_steps
    whole = one.matrix().toarray()
    np.testing.assert_allclose(merged.matrix().toarray()[1], whole[5:10].sum(axis=0) / 5.0)
    if partial == "zeros":
        np.testing.assert_allclose(merged.matrix().toarray()[2], whole[10:].sum(axis=0) / 5.0)


def test_nothing_is_merged_to_nothing() -> None:
    with pytest.raises(ParameterError, match="at least 1"):
        merge_steps(drawn(1), 0)
    with pytest.raises(ParameterError, match="at most 12"):
        merge_steps(drawn(1), 13, partial="drop")


def test_another_seam_changes_no_place() -> None:
    one = drawn(2)
    turned = on_grid(one, replace(COARSE, first_longitude=-180.0))
    assert turned.n_rows == one.n_rows
    for latitude, longitude in ((0.0, 0.0), (50.0, -120.0), (-30.0, 170.0), (90.0, 350.0)):
        np.testing.assert_array_equal(turned.at(latitude, longitude), one.at(latitude, longitude))
    assert on_grid(turned, COARSE).same_as(one)


def test_a_part_has_the_values_of_the_whole() -> None:
    one = drawn(3)
    part = LatLonGrid(first_latitude=40.0, latitude_step=10.0, n_latitude=3,
                      first_longitude=-20.0, longitude_step=10.0, n_longitude=5)  # fmt: skip
    cropped = on_grid(one, part)
    whole = one.matrix().toarray().reshape(12, 19, 36)
    expected = np.roll(whole, 2, axis=2)[:, 13:16, :5]
    np.testing.assert_array_equal(cropped.matrix().toarray().reshape(12, 3, 5), expected)


@pytest.mark.parametrize(
    "grid",
    [
        global_grid(5.0, 10.0), global_grid(10.0, 10.0, longitude_phase=5.0),
        global_grid(10.0, 10.0, latitude_phase=5.0), global_grid(10.0, 12.0),
    ],
)  # fmt: skip
def test_other_cells_are_refused(grid: LatLonGrid) -> None:
    with pytest.raises(ParameterError, match="nothing is interpolated"):
        on_grid(drawn(1), grid)
