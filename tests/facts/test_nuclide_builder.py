"""How the builder of the table divides schemes and follows cascades: made-up schemes."""

from dataclasses import replace

import pytest
from builders._nuclides_cascades import pairs
from builders._nuclides_choice import half_life
from builders._nuclides_decay2012 import Library
from builders._nuclides_ensdf import Level, Scheme, Transition
from builders._nuclides_isomers import divide
from builders._nuclides_states import States
from builders._nuclides_vacancies import with_vacancies


def _level(energy_kev: float, feeding: float = 0.0, half_life_s: float | None = None) -> Level:
    return Level(
        energy_kev=energy_kev,
        stated=str(energy_kev),
        half_life_s=half_life_s,
        half_life_sigma_s=None,
        feeding=feeding,
        captures_k=0.0,
        positrons=0.0,
    )


def _transition(
    energy_kev: float, start: int, end: int, intensity: float, conversion: float = 0.0
) -> Transition:
    return Transition(
        energy_kev=energy_kev,
        energy_sigma_kev=None,
        start=start,
        end=end,
        intensity=intensity,
        intensity_sigma=None,
        conversion=conversion,
        conversion_k=0.8 * conversion,
    )


def _scheme(levels: tuple[Level, ...], transitions: tuple[Transition, ...]) -> Scheme:
    return Scheme(
        parent=(55, 137),
        parent_level="0",
        daughter=(56, 137),
        mode="beta-",
        half_life_s=1e9,
        half_life_sigma_s=1e6,
        branching=1.0,
        normalised=True,
        levels=levels,
        transitions=transitions,
        betas=(),
        path="made up",
    )


TWO_WAYS = _scheme(
    # 0.6 feed the isomer at 500 keV by way of 900 keV, 0.3 the level at 200 keV directly.
    (_level(0.0), _level(200.0, 0.3), _level(500.0, 0.0, 60.0), _level(900.0, 0.6)),
    (
        _transition(400.0, 3, 2, 0.6),
        _transition(300.0, 2, 1, 0.4, 0.5),
        _transition(200.0, 1, 0, 0.72, 0.25),
    ),
)


def test_a_scheme_is_divided_at_its_isomer() -> None:
    found = divide(TWO_WAYS, frozenset({2}))
    own = {one.energy_kev: one.intensity for one in found.prompt}
    # Of 0.9 that pass 200 keV, 0.6 come through the isomer: a third is the parent's.
    assert own == pytest.approx({400.0: 0.6, 200.0: 0.24})
    assert found.inflow[2] == pytest.approx(0.6)
    assert found.outflow[2] == pytest.approx(0.6)


def test_without_isomers_nothing_is_divided() -> None:
    found = divide(TWO_WAYS, frozenset())
    assert {one.energy_kev: one.intensity for one in found.prompt} == pytest.approx(
        {400.0: 0.6, 300.0: 0.4, 200.0: 0.72}
    )


def test_pairs_follow_the_scheme_and_end_at_isomers() -> None:
    found = pairs(TWO_WAYS, TWO_WAYS.transitions, frozenset(), least=1e-4)
    chances = {(gate, other): (chance, life) for gate, other, chance, life in found}
    # 400 then 300: photons per transition out of 500 keV are 1 / 1.5.
    assert chances[400.0, 300.0][0] == pytest.approx(0.6 / 1.5)
    assert chances[400.0, 300.0][1] == 60.0
    assert chances[400.0, 200.0][0] == pytest.approx(0.6 * 0.8)
    assert chances[400.0, 200.0][1] == 60.0
    assert chances[300.0, 200.0][0] == pytest.approx(0.4 * 0.8)
    assert chances[300.0, 200.0][1] is None
    prompt = divide(TWO_WAYS, frozenset({2})).prompt
    assert pairs(TWO_WAYS, prompt, frozenset({2}), least=1e-4) == []


def test_paths_past_a_long_level_stand_apart() -> None:
    levels = (_level(0.0), _level(100.0), _level(300.0, 0.0, 1e-3), _level(500.0, 1.0))
    scheme = _scheme(
        levels,
        (
            _transition(200.0, 3, 2, 0.5),
            _transition(400.0, 3, 1, 0.5),
            _transition(200.5, 2, 1, 0.5),
            _transition(100.0, 1, 0, 1.0),
        ),
    )
    found = {
        (gate, other): (chance, life)
        for gate, other, chance, life in pairs(scheme, scheme.transitions, frozenset(), least=0.0)
    }
    assert found[200.0, 100.0][0] == pytest.approx(0.5)
    assert found[200.0, 100.0][1] == 1e-3
    assert found[400.0, 100.0][0] == pytest.approx(0.5)
    assert found[400.0, 100.0][1] is None


def test_vacancies_before_and_after_a_photon() -> None:
    top = replace(_level(900.0, 0.6), captures_k=0.48, positrons=0.06)
    scheme = replace(TWO_WAYS, levels=(*TWO_WAYS.levels[:3], top))
    scheme = replace(scheme, levels=tuple(replace(one, half_life_s=None) for one in scheme.levels))
    found = with_vacancies(scheme, scheme.transitions, frozenset())
    # With 300 keV: the capture (0.8 per feeding of the top) and conversion of 200 keV after it.
    holes, positrons = found[300.0]
    assert holes == pytest.approx(0.48 * (1 / 1.5) + 0.4 * 0.2 / 1.25)
    assert positrons == pytest.approx(0.06 / 1.5)
    # With 400 keV: capture, and K conversion of both transitions below.
    holes, _ = found[400.0]
    assert holes == pytest.approx(0.48 + 0.6 * 0.4 / 1.5 + 0.6 * 0.2 / 1.25)


def test_x_rays_do_not_sum_past_a_long_level() -> None:
    top = replace(_level(900.0, 0.6), captures_k=0.48)
    scheme = replace(TWO_WAYS, levels=(*TWO_WAYS.levels[:3], top))
    found = with_vacancies(scheme, scheme.transitions, frozenset())
    # The isomer at 500 keV lives 60 s: 300 keV has only the conversion that follows it.
    assert found[300.0][0] == pytest.approx(0.4 * 0.2 / 1.25)


def test_isomers_are_found_by_half_life_and_by_energy() -> None:
    known = States(
        half_lives_s={(56, 137): {"Ba-137": 1e30, "Ba-137m": 62.0}}, levels_kev={"Ba-137m": 500.1}
    )
    assert known.isomers(TWO_WAYS) == {2: "Ba-137m"}
    silent = replace(
        TWO_WAYS, levels=tuple(replace(one, half_life_s=None) for one in TWO_WAYS.levels)
    )
    assert known.isomers(silent) == {2: "Ba-137m"}


@pytest.mark.parametrize(
    ("ours_s", "theirs_s", "sigma_s", "source", "remarked"),
    [
        (1000.0, 1001.0, 0.1, "decay_2012", False),
        (1000.0, 1030.0, 40.0, "decay_2012", True),
        (1000.0, 1100.0, 10.0, "ensdf", True),
    ],
)
def test_half_lives_are_chosen_and_differences_remarked(
    ours_s: float, theirs_s: float, sigma_s: float, source: str, remarked: bool
) -> None:
    library = Library(
        half_life_s=ours_s, gammas=(), xrays=(), annihilation=0.0, betas=(), electrons=()
    )
    scheme = replace(TWO_WAYS, half_life_s=theirs_s, half_life_sigma_s=sigma_s)
    life_s, sigma, chosen, remark = half_life("Cs-137", library, [scheme], None)
    assert chosen == source
    assert life_s == (ours_s if source == "decay_2012" else theirs_s)
    assert sigma == sigma_s
    assert bool(remark) == remarked
