"""What a window of Capon's says of its wave: its own chance, and no direction beside the wave."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from tests.infrasound import test_infrasound_chain as chain

from vigie.geodesy import angle_difference_deg
from vigie.pipeline import array_chance
from vigie.pipeline.array_view import ArrayOptions, ArrayView, _view
from vigie.signal import fk

if TYPE_CHECKING:
    import pytest

    from vigie.signal.fk import FkResult


def wide_view(monkeypatch: pytest.MonkeyPatch) -> ArrayView:
    """Return Capon's view of a blast from 75 degrees at four elements 1.9 km apart."""
    monkeypatch.setattr(chain, "RANGES_KM", 2.0 * chain.RANGES_KM)
    rows = chain.recordings([(200.0, 75.0, 340.0)], n=4, snr=4.0)
    return _view(rows, chain.station(4), ArrayOptions(method="capon"))


def test_capon_is_right_on_a_wide_array(monkeypatch: pytest.MonkeyPatch) -> None:
    view = wide_view(monkeypatch)
    sure = [w for w in view.windows if w["p_value"] < 1e-6]
    assert len(sure) >= 3
    off = [abs(float(angle_difference_deg(w["azimuth_deg"], 75.0))) for w in sure]
    assert max(off) < 3.0
    assert not any(w["doubt"] for w in sure)


def test_a_maximum_beside_the_wave_is_no_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    right = fk.fk_analysis

    def turned(*args: object) -> FkResult:
        found = right(*args)  # type: ignore[arg-type]
        if args[3].method != "capon":  # type: ignore[attr-defined]
            return found
        return replace(
            found,
            east_s_per_km=-found.east_s_per_km,
            north_s_per_km=-found.north_s_per_km,
            f_statistic=np.full(len(found.start_s), 1.5),
        )

    monkeypatch.setattr(fk, "fk_analysis", turned)
    view = wide_view(monkeypatch)
    beside = [w for w in view.windows if array_chance.BESIDE in w["doubt"]]
    assert len(beside) >= 3
    assert all(w["azimuth_deg"] is None for w in beside)
    assert np.median([w["p_value"] for w in beside]) > 0.01
