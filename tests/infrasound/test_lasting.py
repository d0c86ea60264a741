"""Families of lasting sources are judged together, and what stands out of them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.infrasound import InfrasoundRecipe
from vigie.infrasound.lasting import chains, judged_families
from vigie.signal.pmcc import Family, Pixels, link_families, third_octave_bands
from vigie.signal.pmcc.pixels import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

RECIPE = InfrasoundRecipe()
BANDS = third_octave_bands()


def waves(
    span_s: tuple[float, float],
    bands: Sequence[int],
    wave: tuple[float, float, float],
    *,
    share: float = 1.0,
    seed: int = 1,
) -> Pixels:
    """Return pixels of one source: (azimuth deg, velocity km/s, amplitude at 0.2 Hz)."""
    rng = np.random.default_rng(seed)
    azimuth_deg, velocity_km_s, loud = wave
    parts = []
    for number in bands:
        band = BANDS[number]
        time_s = np.arange(*span_s, 0.1 * band.window_s)
        time_s = time_s[rng.random(len(time_s)) < share]
        n = len(time_s)
        angle = np.radians(azimuth_deg + rng.normal(0.0, 0.5, n))
        ones = np.ones(n)
        power = rng.gamma(3.0, 1.0 / 3.0, n)
        parts.append(
            Pixels(
                time_s,
                band.window_s * ones,
                np.full(n, number),
                band.centre_hz * ones,
                band.low_hz * ones,
                band.high_hz * ones,
                -np.sin(angle) / velocity_km_s,
                -np.cos(angle) / velocity_km_s,
                1e-4 * np.ones((n, 3)),
                0.01 * ones,
                0.9 * ones,
                loud * (0.2 / band.centre_hz) * np.sqrt(power),
                100.0 * ones,
                1e-20 * ones,
                np.ones((n, 6), np.bool_),
            )
        )
    return joined(parts)


def judged(pixels: Pixels) -> list[tuple[Family, str, str]]:
    families = link_families(pixels, RECIPE.families, step=RECIPE.pmcc.step)
    return judged_families(families, pixels, RECIPE)


def of_event(found: Sequence[tuple[Family, str, str]]) -> list[Family]:
    return [family for family, phase, _ in found if phase == "I"]


MICROBAROMS = (310.0, 0.342, 0.1)
SKIRTS = range(10, 22)
"""0.1 to 1.6 Hz."""


def test_the_families_of_hours_of_microbaroms_are_noise_skirts_and_all() -> None:
    pixels = joined(
        [
            waves((0.0, 15_000.0), SKIRTS[:8], MICROBAROMS),
            waves((0.0, 15_000.0), SKIRTS[8:], MICROBAROMS, share=0.1),
        ]
    )
    found = judged(pixels)
    assert len(found) > 3
    assert {(phase, reason) for _, phase, reason in found} == {("N", "microbaroms")}


def test_a_lasting_source_above_microbaroms_is_told_as_such_after_an_hour() -> None:
    for length_s, phase in ((2500.0, "I"), (5000.0, "N")):
        found = judged(waves((0.0, length_s), range(18, 24), (40.0, 0.35, 0.1)))
        assert {p for _, p, _ in found} == {phase}
    assert found[0][2] == "of a lasting source"


@pytest.mark.parametrize(
    ("wave", "bands"),
    [
        ((85.0, 0.345, 0.02), range(15, 24)),
        ((310.0, 0.342, 1.0), range(12, 18)),
        ((310.0, 0.342, 0.1), range(21, 26)),
        ((310.0, 0.46, 0.1), range(12, 18)),
    ],
    ids=["from elsewhere", "far louder", "of higher frequency", "faster"],
)
def test_an_event_among_microbaroms_stays_a_signal(
    wave: tuple[float, float, float], bands: range
) -> None:
    background = waves((0.0, 9000.0), range(10, 17), MICROBAROMS)
    event = waves((5000.0, 5150.0), bands, wave, seed=2)
    found = judged(joined([background, event]))
    (family,) = of_event(found)
    assert family.azimuth_deg == pytest.approx(wave[0], abs=1.0)
    assert family.velocity_km_s == pytest.approx(wave[1], rel=0.03)
    assert 4900.0 < family.start_s < 5010.0
    assert 5150.0 < family.end_s < 5300.0
    assert any(phase == "N" for _, phase, _ in found)


def test_blasts_from_one_place_with_long_pauses_are_no_lasting_source() -> None:
    blasts = [waves((t, t + 40.0), range(18, 24), (40.0, 0.35, 0.1)) for t in range(0, 9000, 600)]
    found = judged(joined(blasts))
    assert len(of_event(found)) == len(found) == 15


def fading(
    span_s: tuple[float, float],
    bands: Sequence[int],
    wave: tuple[float, float, float],
    share: float,
) -> Pixels:
    """Return pixels of a source whose pressure falls by e in a share of its time."""
    pixels = waves(span_s, bands, wave)
    later = (pixels.time_s - span_s[0]) / (span_s[1] - span_s[0])
    return pixels.replaced(amplitude=pixels.amplitude * np.exp(-later / share))


@pytest.mark.parametrize("length_s", [1500.0, 5000.0, 11_000.0])
@pytest.mark.parametrize("bands", [range(12, 17), range(8, 24)], ids=["in their band", "broad"])
def test_a_train_of_hours_is_a_signal_and_no_lasting_source(length_s: float, bands: range) -> None:
    begin_s = 3000.0
    train = fading((begin_s, begin_s + length_s), bands, (70.0, 0.34, 1.0), 0.35)
    usual = waves((0.0, 20_000.0), range(12, 17), MICROBAROMS, share=0.3, seed=3)
    found = judged(joined([train, usual]))
    own = [(f, phase) for f, phase, _ in found if abs(f.azimuth_deg - 70.0) < 10.0]
    assert {phase for _, phase in own} == {"I"}
    assert min(f.start_s for f, _ in own) == pytest.approx(begin_s, abs=150.0)
    assert {phase for f, phase, _ in found if abs(f.azimuth_deg - 310.0) < 10.0} == {"N"}


def test_what_fades_from_the_begin_of_a_record_may_have_sounded_before() -> None:
    found = judged(fading((0.0, 9000.0), range(8, 24), (70.0, 0.34, 1.0), 0.35))
    assert found[0][1:] == ("N", "of a lasting source")


def test_microbaroms_that_fade_stay_microbaroms() -> None:
    storm = fading((4000.0, 9000.0), range(12, 17), (70.0, 0.34, 0.2), 0.35)
    other = waves((0.0, 20_000.0), range(12, 17), MICROBAROMS, share=0.3, seed=3)
    phases = [phase for _, phase, _ in judged(joined([storm, other]))]
    # Its loud begin stands out of what it fades to.
    assert phases.count("I") <= 1 < phases.count("N")


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31 - 1),
    hours=st.floats(0.1, 3.0),
    factor=st.floats(0.5, 30.0),
    turn=st.floats(-180.0, 180.0),
)
def test_no_pixel_is_in_two_families_and_chains_lose_none(
    seed: int, hours: float, factor: float, turn: float
) -> None:
    background = waves((0.0, 3600.0 * hours), range(11, 16), MICROBAROMS, share=0.5, seed=seed)
    event = waves((100.0, 250.0), range(12, 20), (310.0 + turn, 0.36, 0.1 * factor), seed=seed + 1)
    pixels = joined([background, event])
    families = link_families(pixels, RECIPE.families, step=RECIPE.pmcc.step)
    parts = chains(families, RECIPE.categories)
    assert sorted(id(f) for p in parts for f in p) == sorted(id(f) for f in families)
    rows = [f.rows for f, _, _ in judged_families(families, pixels, RECIPE)]
    together = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    assert len(np.unique(together)) == len(together)
    assert np.isin(
        together, np.concatenate([f.rows for f in families] or [np.zeros(0, np.int64)])
    ).all()
