"""Coincidence summing against decays sampled one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.facts.cascades import cascades
from vigie.facts.nuclides import nuclide
from vigie.radionuclide.particulate.summing import k_xrays, summed_lines
from vigie.simulate.radionuclide.hpge.cascade_events import cascade_events
from vigie.simulate.radionuclide.hpge.geometry import FILTER_ON_CAP
from vigie.simulate.radionuclide.hpge.response import response_of

RESPONSE = response_of(FILTER_ON_CAP)
DECAYS = 600_000
LINES = {
    "Co-60": (1173.228, 1332.492),
    "Cs-134": (604.72, 795.86, 569.33),
    "Y-88": (898.04, 1836.06),
    "Ba-133": (356.01, 302.85, 383.85, 276.4),
    "Eu-152": (121.78, 344.28, 778.9, 964.06, 1408.01),
}


@pytest.mark.parametrize("name", LINES)
def test_factors_agree_with_sampled_decays_within_two_per_cent(name: str) -> None:
    rng = np.random.default_rng(3)
    summed = summed_lines(name, RESPONSE.peak, RESPONSE.total)
    events = []
    whole = sum(sum(level.feeding for level in one.levels) for one in cascades(name))
    for scheme in cascades(name):
        energies, shares = k_xrays(name, scheme.daughter_number)
        xrays = tuple(zip(energies.tolist(), shares.tolist(), strict=True))
        share = sum(level.feeding for level in scheme.levels) / whole
        decays = round(DECAYS * share)
        left = cascade_events(scheme, xrays, FILTER_ON_CAP, decays=decays, rng=rng)
        events.append(left)
    left = np.concatenate(events)
    for energy in LINES[name]:
        line = nuclide(name).line(energy)
        assert line is not None
        seen = int((np.abs(left - energy) < 0.3).sum())
        alone = line.intensity / whole * float(RESPONSE.peak(energy)) * len(left)
        sampled, sigma = seen / alone, np.sqrt(seen) / alone
        assert summed.factor_at(energy) == pytest.approx(sampled, abs=0.01 * sampled + 3.0 * sigma)


def test_two_photons_by_hand() -> None:
    # Co-60 nearly is one cascade of two: loss 1 - p e_T, sum p e1 e2 (field sheet 3.9).
    summed = summed_lines(
        "Co-60", lambda e: np.full(np.shape(e), 0.1), lambda e: np.full(np.shape(e), 0.25)
    )
    assert summed.factor_at(1332.492) == pytest.approx(1.0 - 0.25 * 0.9985, abs=5e-4)
    assert summed.factor_at(1173.228) == pytest.approx(1.0 - 0.25, abs=5e-4)
    at = int(np.argmax(summed.sum_counts))
    assert summed.sum_kev[at] == pytest.approx(2505.72, abs=0.1)
    assert summed.sum_counts[at] == pytest.approx(0.01 * 0.9985, rel=2e-3)


def test_delayed_levels_do_not_sum() -> None:
    # The level of Se-75's 303.9 keV lives 17 ms: 96.7 keV before it loses nothing to 279.5 after.
    summed = summed_lines("Se-75", RESPONSE.peak, RESPONSE.total)
    assert summed.factor_at(96.734) == pytest.approx(1.0, abs=0.01)
    assert summed.factor_at(136.0) < 0.9


def test_nothing_sums_without_total_efficiency_or_cascade() -> None:
    assert summed_lines("Co-60", RESPONSE.peak, None).factor_at(1332.5) == 1.0
    assert summed_lines("Ba-137m", RESPONSE.peak, RESPONSE.total).factor_at(661.66) == 1.0


@settings(derandomize=True, max_examples=25)
@given(st.floats(0.0, 0.2), st.floats(0.0, 0.3), st.sampled_from(sorted(LINES)))
def test_losses_grow_with_the_total_efficiency(peak: float, rest: float, name: str) -> None:
    def flat(value: float):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return lambda energy: np.full(np.shape(energy), value)

    weak = summed_lines(name, flat(0.0), flat(rest))
    strong = summed_lines(name, flat(0.0), flat(rest + peak))
    for energy in LINES[name]:
        # Without full energies nothing is gained.
        if len(weak.energy_kev):
            assert weak.factor_at(energy) <= 1.0 + 1e-9
            assert strong.factor_at(energy) <= weak.factor_at(energy) + 1e-9
