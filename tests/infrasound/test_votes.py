"""How many windows accuse an element, of those that could."""

from __future__ import annotations

from vigie.infrasound.recipe import ElementParams
from vigie.infrasound.verdict import verdict_of
from vigie.infrasound.votes import enough, octave, round_of
from vigie.signal.array_faults import Fault, WindowVerdict

PARAMS = ElementParams()
NAMES = "ABCDE"
ALL = (0, 1, 2, 3, 4)


def window(
    *faults: tuple[int, str], seen: tuple[int, ...] = ALL, limit_s: float = 0.12, signs: bool = True
) -> WindowVerdict:
    named = tuple(Fault(e, kind, f"{kind} wrong") for e, kind in faults)
    return WindowVerdict(named, seen=seen, limit_s=limit_s, tells_signs=signs)


def test_windows_that_did_not_see_an_element_do_not_acquit_it() -> None:
    accusing = [window((4, "misfit"))] * 3
    others = [window(seen=(0, 1, 2, 3))] * 20
    verdict = verdict_of(NAMES, accusing + others, PARAMS)
    assert [e.element for e in verdict.excluded] == ["E"]
    assert "in 3 of 3 coherent windows" in verdict.excluded[0].reason
    assert not verdict_of(NAMES, accusing + [window()] * 20, PARAMS).excluded


def test_windows_that_time_badly_do_not_outvote_those_that_time_well() -> None:
    accusing = [window((1, "misfit"))] * 4
    coarse = [window(limit_s=0.5)] * 40
    assert [e.element for e in verdict_of(NAMES, accusing + coarse, PARAMS).excluded] == ["B"]
    # The other way round they are acquitted.
    wrong = [window((1, "misfit"), limit_s=0.5)] * 4
    assert not verdict_of(NAMES, wrong + [window()] * 40, PARAMS).excluded


def test_windows_whose_signs_are_not_sure_do_not_outvote_those_that_tell() -> None:
    accusing = [window((2, "polarity"))] * 3
    vague = [window(signs=False)] * 30
    assert [e.element for e in verdict_of(NAMES, accusing + vague, PARAMS).excluded] == ["C"]


def suspecting(*suspects: int) -> WindowVerdict:
    return WindowVerdict(suspects=suspects, fits=False, seen=(0, 1, 2, 3), limit_s=0.12)


def test_who_is_only_an_alternative_to_others_is_not_named_beside_them() -> None:
    # The culprit is suspected in every window, another with it; two more with half of the waves.
    said = [suspecting(0, 1, 2)] * 16 + [suspecting(0, 1, 3)] * 8
    found = round_of(4, said, PARAMS, 4)
    assert not found.named
    assert found.suspects == ((0, 1),)
    assert verdict_of(NAMES[:4], said, PARAMS).excluded == ()


def test_two_windows_of_noise_do_not_make_one_of_three_the_culprit() -> None:
    noise = [WindowVerdict((Fault(0, "misfit", "wrong"),), seen=(0, 1, 2, 3), limit_s=0.12)] * 2
    found = round_of(4, [*[suspecting(0, 1, 2)] * 25, *noise], PARAMS, 4)
    assert not found.named
    assert found.suspects == ((0, 1, 2),)


def test_whom_all_waves_share_is_named() -> None:
    said = [suspecting(0, 1)] * 6 + [suspecting(0, 2)] * 6 + [suspecting(0, 3)] * 6
    assert [e.element for e in verdict_of(NAMES[:4], said, PARAMS).excluded] == ["A"]


def test_three_elements_accuse_nobody() -> None:
    assert not verdict_of(NAMES, [window(seen=(0, 1, 2))] * 5, PARAMS).excluded


def test_octaves_and_counts() -> None:
    assert [octave(window(limit_s=s), PARAMS) for s in (0.0, 0.12, 0.13, 0.24, 0.5)] == [
        0, 0, 1, 1, 3,
    ]  # fmt: skip
    fine, coarse = window(), window(limit_s=1.0)
    assert enough([fine, fine], [fine] * 4 + [coarse] * 9, PARAMS) == (2, 4)
    assert enough([fine], [fine], PARAMS) is None
    assert enough([], [], PARAMS) is None
