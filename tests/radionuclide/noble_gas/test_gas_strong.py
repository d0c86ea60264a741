"""What a strong nuclide does, and does not do, to limits: its own, and those of the others."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.radionuclide.noble_gas.support_gas import campaign

from vigie.radionuclide.noble_gas.analysis import analyse_gas_sample
from vigie.radionuclide.noble_gas.matrix import K_ALPHA
from vigie.simulate.radionuclide.beta_gamma import GasTruth

if TYPE_CHECKING:
    from vigie.records import NuclideResult


@lru_cache(maxsize=4)
def results(strong: str, mbq_m3: float) -> dict[tuple[str, str], NuclideResult]:
    one = campaign(GasTruth(concentration_mbq_m3={strong: mbq_m3}), seed=5)
    done = analyse_gas_sample(one.sample, one.gas_background, one.detector_background)
    return {(n.method, n.nuclide): n for n in done.nuclides}


@pytest.mark.parametrize("name", ["Xe-135", "Xe-133"])
def test_a_strong_nuclide_does_not_raise_its_own_critical_level(name: str) -> None:
    strong, weak = results(name, 100.0), results(name, 1e-6)
    for limit in ("critical_level", "mdc"):
        ratio = getattr(strong["likelihood", name], limit) / getattr(
            weak["likelihood", name], limit
        )
        # Strong Xe-133 leaves scatter in the others, which are background to it: 1.3.
        assert 0.8 < ratio < 1.5


@pytest.mark.parametrize("method", ["matrix", "net_counts", "likelihood"])
def test_limits_beside_strong_xe133_hold_the_errors_of_what_is_subtracted(method: str) -> None:
    found = results("Xe-133", 1000.0)
    for name in ("Xe-131m", "Xe-133m"):
        one = found[method, name]
        assert one.critical_level is not None
        assert one.uncertainty is not None
        # Near zero the decision is by the very error that is stated.
        assert one.critical_level >= 0.9 * K_ALPHA * one.uncertainty
        assert not one.detected


def test_xe133_itself_is_found_and_its_limit_is_below_it() -> None:
    for (_, name), one in results("Xe-133", 1000.0).items():
        if name == "Xe-133":
            assert one.critical_level is not None
            assert one.concentration is not None
            assert one.detected
            assert one.critical_level < 0.01 * one.concentration
            assert np.isfinite(one.critical_level)
