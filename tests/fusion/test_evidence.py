"""The evidence for a release at an event against a plain sum, and what must not change it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from vigie.errors import ParameterError
from vigie.fusion.composition import (
    bq_per_kt,
    relative_activities,
    usable_together,
)
from vigie.fusion.evidence import Evidence, FusionParams, Hypotheses, sample_tables, weigh
from vigie.transport.source.likelihood import Observation
from vigie.transport.source.over_background import NO_BACKGROUND, Background, log_likelihood_over

PARAMS = FusionParams(least_bq=1e10, most_bq=1e14)
T, C, K, H = 5, 3, 6, 2


def world(seed: int, *, spread: bool = False) -> Hypotheses:
    rng = np.random.default_rng(seed)
    sensitivity = rng.lognormal(math.log(2e-16), 1.5, (T, C, K))
    sensitivity *= rng.random((T, C, K)) < 0.6
    of_step = rng.random(T)
    of_cell = rng.random(C)
    return Hypotheses(
        sensitivity=sensitivity,
        spread=sensitivity * rng.uniform(0.1, 2.0, (T, C, K)) if spread else 0.0 * sensitivity,
        relative=rng.lognormal(0.0, 0.5, (T, H, K)),
        of_step=of_step / of_step.sum(),
        of_cell=0.9 * of_cell / of_cell.sum(),
        n_amounts=PARAMS.tables_for().n_amounts,
    )


def samples(given: Hypotheses, seed: int, bq: float) -> tuple[list[Observation], list[Background]]:
    rng = np.random.default_rng(seed + 100)
    known = [
        Background(
            values=np.sort(rng.lognormal(math.log(5e-5), 1.0, 2)), weights=np.array([0.6, 0.4])
        )
        if k % 2
        else NO_BACKGROUND
        for k in range(K)
    ]
    out = []
    for k in range(K):
        mean = bq * given.sensitivity[1, 1, k] * given.relative[1, 0, k] + known[k].values[0]
        value = max(mean * (1.0 + 0.3 * rng.standard_t(2)), 0.0) + rng.normal(0.0, 3e-5)
        seen = value > 1e-4
        out.append(Observation(
            critical_level=1e-4, value=value if seen or k == 2 else None,
            sigma=math.hypot(3e-5, 0.05 * value) if seen or k == 2 else None, detected=seen,
        ))  # fmt: skip
    return out, known


def found(given: Hypotheses, one: list[Observation], known: list[Background]) -> Evidence:
    with_spread = bool(given.spread.any())
    tables = sample_tables(one, known, PARAMS, with_spread=with_spread)
    return weigh(tables, range(len(one)), given)


def plain(
    given: Hypotheses, one: list[Observation], known: list[Background]
) -> tuple[float, np.ndarray]:
    """Return log10 of the Bayes factor and the joint, hypothesis by hypothesis (twin)."""
    amounts = PARAMS.tables_for().amounts_bq
    outside = 1.0 - given.of_cell.sum()
    joint = np.zeros((T, len(amounts)))
    for t in range(T):
        joint[t] += outside * given.of_step[t] / len(amounts)
        for c in range(C):
            for h in range(H):
                logs = np.zeros(len(amounts))
                for k in range(len(one)):
                    mean = amounts * given.relative[t, h, k] * given.sensitivity[t, c, k]
                    error = amounts * given.relative[t, h, k] * given.spread[t, c, k]
                    error = np.hypot(error, 0.5 * mean)
                    both = log_likelihood_over(one[k], np.append(mean, 0.0), np.append(error, 0.0),
                                               known[k], model_error=0.5)  # fmt: skip
                    logs += both[:-1] - both[-1]
                weight = given.of_step[t] * given.of_cell[c] / H / len(amounts)
                joint[t] += weight * np.exp(logs)
    return math.log10(joint.sum()), joint / joint.sum()


@pytest.mark.parametrize("spread", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_plain_sum(seed: int, spread: bool) -> None:
    given = world(seed, spread=spread)
    one, known = samples(given, seed, 3e12 if seed % 2 else 0.0)
    score, joint = plain(given, one, known)
    got = found(given, one, known)
    assert got.log10_bayes_factor == pytest.approx(score, abs=0.01)
    assert got.joint == pytest.approx(joint, abs=2e-3)
    assert got.joint.sum() == pytest.approx(1.0)
    assert got.by_composition.sum() == pytest.approx(1.0)
    assert got.by_cell.sum() <= 1.0 + 1e-9


def test_a_sample_out_of_reach_changes_nothing() -> None:
    given = world(3)
    one, known = samples(given, 3, 3e12)
    blind = replace(
        given,
        sensitivity=np.concatenate([given.sensitivity, np.zeros((T, C, 1))], axis=2),
        spread=np.zeros((T, C, K + 1)),
        relative=np.concatenate([given.relative, np.ones((T, H, 1))], axis=2),
    )
    for extra, law in (
        (Observation(critical_level=1e-4), NO_BACKGROUND),
        (Observation(critical_level=1e-4, value=3e-4, sigma=3e-5, detected=True),
         Background(values=np.array([1e-4, 3e-4]), weights=np.array([0.5, 0.5]))),
    ):  # fmt: skip
        more = found(blind, [*one, extra], [*known, law])
        before = found(given, one, known)
        assert more.log10_bayes_factor == pytest.approx(before.log10_bayes_factor, abs=1e-6)
        assert more.joint == pytest.approx(before.joint, abs=1e-6)
        assert more.says[-1] == pytest.approx(0.0, abs=1e-12)


def test_the_order_of_samples_changes_nothing() -> None:
    given = world(5)
    one, known = samples(given, 5, 3e12)
    order = np.array([4, 2, 0, 5, 1, 3])
    turned = replace(
        given,
        sensitivity=given.sensitivity[:, :, order],
        spread=given.spread[:, :, order],
        relative=given.relative[:, :, order],
    )
    a = found(given, one, known)
    b = found(turned, [one[k] for k in order], [known[k] for k in order])
    assert b.log10_bayes_factor == pytest.approx(a.log10_bayes_factor, abs=1e-9)
    assert b.says == pytest.approx(a.says[order], abs=1e-9)


def test_the_unit_changes_nothing() -> None:
    given = world(6)
    one, known = samples(given, 6, 3e12)
    scale = 1e6
    micro = [
        replace(
            o,
            critical_level=scale * o.critical_level,
            value=None if o.value is None else scale * o.value,
            sigma=None if o.sigma is None else scale * o.sigma,
        )
        for o in one
    ]
    laws = [replace(law, values=scale * law.values) for law in known]
    other = found(replace(given, sensitivity=scale * given.sensitivity), micro, laws)
    assert other.log10_bayes_factor == pytest.approx(
        found(given, one, known).log10_bayes_factor, abs=1e-9
    )


def test_what_a_sample_says_is_what_is_missing_without_it() -> None:
    given = world(7)
    one, known = samples(given, 7, 3e12)
    whole = found(given, one, known)
    tables = sample_tables(one, known, PARAMS, with_spread=False)
    for k in range(K):
        rows = [j for j in range(K) if j != k]
        rest = replace(
            given,
            sensitivity=given.sensitivity[:, :, rows],
            spread=given.spread[:, :, rows],
            relative=given.relative[:, :, rows],
        )
        less = weigh(tables, rows, rest).log10_bayes_factor
        assert whole.says[k] == pytest.approx(whole.log10_bayes_factor - less, abs=1e-9)


def test_silence_where_much_was_to_be_seen_speaks_against() -> None:
    given = world(8)
    given.sensitivity[:] = 1e-14
    silent = [Observation(critical_level=1e-6) for _ in range(K)]
    known = [NO_BACKGROUND] * K
    got = found(given, silent, known)
    # What is left is the tenth of the ellipse that is outside, and the model's heavy tail.
    assert -1.3 < got.log10_bayes_factor < -0.6
    assert found(replace(given, sensitivity=0.0 * given.sensitivity), silent, known
                 ).log10_bayes_factor == pytest.approx(0.0, abs=1e-12)  # fmt: skip


def test_intervals_hold_their_share() -> None:
    given = world(1)
    one, known = samples(given, 1, 3e12)
    got = found(given, one, known)
    low, high = got.amount_interval()[1:]
    inside = (got.amounts_bq >= low * 0.99) & (got.amounts_bq <= high * 1.01)
    assert 0.75 < got.joint.sum(axis=0)[inside].sum() <= 1.0
    middle, low_s, high_s = got.delay_interval(np.linspace(0.0, 100.0 * T, T + 1))
    assert 0.0 <= low_s < middle < high_s <= 500.0


def test_numbers_make_sense() -> None:
    given = world(1)
    one, known = samples(given, 1, 0.0)
    tables = sample_tables(one, known, PARAMS, with_spread=False)
    with pytest.raises(ParameterError, match="rows"):
        weigh(tables, [0], given)
    with pytest.raises(ParameterError, match="n_amounts"):
        weigh(tables, range(K), replace(given, n_amounts=1000))
    with pytest.raises(ParameterError):
        replace(given, of_step=np.ones(T))
    with pytest.raises(ParameterError):
        FusionParams(least_bq=-1.0).tables_for()


def test_isotopes_carry_their_age() -> None:
    ages = np.array([3600.0, 6 * 3600.0, 86400.0, 10 * 86400.0])
    codes, relative = relative_activities(["Xe-133", "Xe-135", "Xe-131m"], "Xe-133", ages)
    assert len(codes) == relative.shape[0] == 4
    assert (relative[:, 0] == 1.0).all()
    assert (np.diff(relative[:, 1, 1:]) < 0.0).all()  # Xe-135 dies first
    assert (relative[:, 1, 1] > 1.0).all()
    assert (relative[:, 1, 3] < 1e-4).all()
    assert (np.diff(relative[::2, 2]) > 0.0).all()  # Xe-131m grows and lasts
    single, ones = relative_activities(["Cs-137"], "Cs-137", ages)
    assert (single, ones.shape) == (("single",), (1, 1, 4))
    assert usable_together(["Cs-137", "Xe-133", "Xe-135"]) == (["Xe-133", "Xe-135"], ["Cs-137"])
    assert usable_together(["Cs-137", "I-131"]) == (["Cs-137"], ["I-131"])
    # Field sheet 8: 1.5e16 Bq of Xe-133 from 1.45e23 fissions x 0.067.
    assert bq_per_kt("Xe-133") == pytest.approx(1.5e16, rel=0.05)
