"""The matrix method beside open-spex 1.0.7 on 200 simulated triples of messages.

Sample, gas background and detector background of ``vigie.simulate``, with xenon, memory and radon
drawn at random. open-spex runs in ``.venv-peers`` on the same counts of regions (its own rule),
efficiencies and ratios; of SciPy it needs only the normal law, which the C library's erf gives it
there. Its correction for ingrowth is off, as it depends on a detection. Both with and
without the gas background, and with regions 7 to 10 where metastables are detected.

Known differences: where one metastable only is detected, regions 9 or 10 stand for a part of
region 4 and hold the region of the other; open-spex then takes the other to be absent there,
vigie counts what was estimated (``same_assumption`` follows open-spex there). With a gas
background open-spex lets memory of radon and Xe-133 in regions 5 and 6 decay as the metastables
(its factors of those rows), vigie as what it is.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from vigie.radionuclide.noble_gas.gas_input import gas_input
from vigie.radionuclide.noble_gas.matrix import MatrixInput, MatrixResult, solve_matrix
from vigie.radionuclide.noble_gas.regions import RegionRule
from vigie.simulate.radionuclide.beta_gamma import (
    Campaign,
    CampaignParams,
    CellResponse,
    GasTruth,
    cell_response,
    simulate_campaign,
)

N_TRIPLES = 200
PEER_PYTHON = Path(__file__).resolve().parents[1] / ".venv-peers" / "bin" / "python"
PEER_SCRIPT = """
import contextlib, io, json, math, sys, types
norm = types.SimpleNamespace(cdf=lambda x: 0.5 * math.erfc(-x / math.sqrt(2.0)))
sys.modules["scipy"] = types.ModuleType("scipy")
sys.modules["scipy.stats"] = types.ModuleType("scipy.stats")
sys.modules["scipy.stats"].norm = norm
from open_spex import bgm
out = []
for d in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()):
        h = bgm.bgmHandler(setup=d["setup"], eff=d["eff"], ratio=d["ratio"], scounts=d["s"],
                           gcounts=d["g"], dcounts=d["d"])
        bgm.calcErr = lambda a, b, c: ([0.0] * len(c), [], [])
        bgm.calcAC = lambda h: None
        bgm.bgm(h, comb=True, unit=1, ingrowth=False)
    out.append({"A": list(h.A), "err": list(h.AErr), "lc": list(h.LCA), "mda": list(h.MDA),
                "xe133": [h.Xe133A, h.Xe133AErr, h.Xe133ALC, h.Xe133AMDA],
                "pattern": int(h.roiBitPattern), "fallback": bool(h.combLCZeroSample)})
json.dump(out, sys.stdout)
"""


def measure(*, n: int = N_TRIPLES) -> dict[str, Any]:
    """Compare; give differences of values in units of their errors, of limits relative."""
    rng = np.random.default_rng(61)
    response = cell_response(rng, n_decays=500_000)
    triples = [_triple(response, rng) for _ in range(n)]
    return {
        "triples": n,
        "with_gas_background": _compare(triples, gas=True),
        "without_gas_background": _compare(triples, gas=False),
    }


def _triple(response: CellResponse, rng: np.random.Generator) -> Campaign:
    def some(scale: float) -> float:
        return float(rng.exponential(scale)) if rng.random() < 0.6 else 0.0

    names = ("Xe-131m", "Xe-133", "Xe-133m", "Xe-135")
    truth = GasTruth(
        concentration_mbq_m3=dict(zip(names, map(some, (0.5, 5.0, 0.5, 1.0)), strict=True)),
        activity_bq={"Rn-222": some(0.01)},
        memory_bq={"Xe-133": some(0.02), "Xe-131m": some(0.002)},
    )
    return simulate_campaign(response, truth, rng, params=CampaignParams())


def _compare(triples: list[Campaign], *, gas: bool) -> dict[str, Any]:
    inputs = [
        gas_input(
            one.sample,
            one.gas_background if gas else None,
            one.detector_background,
            rule=RegionRule.ROUNDED,
        ).matrix
        for one in triples
    ]
    answer = subprocess.run(
        [str(PEER_PYTHON), "-c", PEER_SCRIPT],
        input=json.dumps([_document(one) for one in inputs]),
        capture_output=True,
        text=True,
        check=True,
    )
    peers: list[dict[str, Any]] = json.loads(answer.stdout)
    return {
        "same_assumption": _groups([solve_matrix(one, as_open_spex=True) for one in inputs], peers),
        "as_used": _groups([solve_matrix(one) for one in inputs], peers),
    }


def _groups(ours: list[MatrixResult], peers: list[dict[str, Any]]) -> dict[str, Any]:
    rows = [_differences(a, b) for a, b in zip(ours, peers, strict=True)]
    groups: dict[str, Any] = {}
    for used in sorted({one.used for one in ours}):
        mine = [row for row, one in zip(rows, ours, strict=True) if one.used == used]
        groups["+".join(map(str, used))] = {
            "triples": len(mine),
            "largest": {key: float(max(row[key] for row in mine)) for key in mine[0]},
        }
    return {
        "by_regions_of_xray": groups,
        "same_regions": sum(
            _pattern(a.used) == b["pattern"] for a, b in zip(ours, peers, strict=True)
        ),
        "variance_below_zero": sum(one.fallback for one in ours),
    }


def _differences(ours: MatrixResult, peer: dict[str, Any]) -> dict[str, float]:
    sigma = np.sqrt(np.diag(ours.covariance))
    values = np.abs(ours.activity - peer["A"]) / sigma
    combined = (ours.xe133, ours.xe133_sigma, ours.xe133_critical_level, ours.xe133_detection_limit)
    return {
        "activity_in_sigma": float(values[:6].max()),
        "sigma_relative": _relative(sigma, peer["err"]),
        "critical_level_relative": _relative(ours.critical_level, peer["lc"]),
        "detection_limit_relative": _relative(ours.detection_limit, peer["mda"]),
        "xe133_in_sigma": abs(ours.xe133 - peer["xe133"][0]) / ours.xe133_sigma,
        "xe133_limits_relative": _relative(np.array(combined[1:]), peer["xe133"][1:]),
    }


def _relative(ours: np.ndarray, peer: list[float]) -> float:
    other = np.array(peer[: min(len(peer), 6)])
    mine = np.asarray(ours)[: len(other)]
    return float(np.max(np.abs(mine - other) / np.maximum(np.abs(other), 1e-12)))


def _pattern(used: tuple[int, ...]) -> int:
    """Return the regions of Xe-133 as open-spex writes them: one bit for each."""
    return 4 + sum(1 << (roi - 1) for roi in used)


def _document(data: MatrixInput) -> dict[str, Any]:
    gas, back = data.gas_background, data.detector_background
    assert back is not None
    calibration = data.calibration
    pairs = [(1, roi) for roi in range(2, 11)] + [(3, roi) for roi in range(4, 11)]
    eff = [calibration.efficiency[roi] for roi in range(2, 11)]
    ratio = [calibration.ratio[pair] for pair in pairs]
    s, d = data.sample.counting, back.counting
    g = None if gas is None else gas.counting
    return {
        "setup": [
            data.delay_s, 43_200.0, 21_600.0, s.real_s, s.live_s,
            None if g is None else g.real_s, None if g is None else g.live_s,
            d.real_s, d.live_s, 1.6, 0.05,
        ],
        "eff": [one[0] for one in eff] + [one[1] for one in eff],
        "ratio": [one[0] for one in ratio] + [one[1] for one in ratio],
        "s": data.sample.gross.tolist(),
        "g": None if gas is None else gas.gross.tolist(),
        "d": back.gross.tolist(),
    }  # fmt: skip
