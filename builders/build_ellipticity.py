"""Build the table of ellipticity coefficients of vigie.earth with EllipticiPy.

    python -m builders.build_ellipticity

For each phase, distance and depth TauP's arrival nearest in time to vigie's own prediction is
taken, so each branch gets its own coefficients. Where TauP has no such ray (a branch carried
on beyond its end) the nearest distance fills in. Some 15 minutes on one core.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np

MODEL = "ak135"
DATA = Path(__file__).parents[1] / "src" / "vigie" / "earth" / "data"
DELTA_DEG = np.arange(0.0, 181.0, 2.5)
DEPTH_KM = np.array([0.0, 35.0, 100.0, 200.0, 350.0, 500.0, 650.0, 800.0])
NEAR_S = 0.5
"""A TauP arrival is vigie's if it comes this close to it."""

TAUP: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("P", "Pg", "Pb", "Pn", "Pdiff"), ("p", "P", "Pdiff")),
    **dict.fromkeys(("S", "Sg", "Sb", "Sn", "Sdiff"), ("s", "S", "Sdiff")),
    **{name: (name,) for name in ("PP", "SS", "pP", "sP", "sS", "pS", "PcP", "PcS", "ScP", "ScS")},
    **{name: (name,) for name in ("PKiKP",)},
    "PKPdf": ("PKIKP",),
    "PKPbc": ("PKP",),
    "PKPab": ("PKP",),
    "pPKPdf": ("pPKIKP",),
    "pPKPbc": ("pPKP",),
    "pPKPab": ("pPKP",),
    "sPKPdf": ("sPKIKP",),
    "sPKPbc": ("sPKP",),
    "sPKPab": ("sPKP",),
    "SKSac": ("SKS",),
    "SKSdf": ("SKIKS",),
    "SKPdf": ("SKIKP",),
    "SKPbc": ("SKP",),
    "SKPab": ("SKP",),
    "SKKSac": ("SKKS",),
    "PKKPdf": ("PKIKKIKP",),
    "PKKPbc": ("PKKP",),
    "PKKPab": ("PKKP",),
    "PKPPKPdf": ("PKIKPPKIKP",),
    "PKPPKPbc": ("PKPPKP",),
    "PKPPKPab": ("PKPPKP",),
}
"""vigie's phase to the TauP phases among which it is found."""


def main() -> None:
    """Build and write the table."""
    from ellipticipy.tools import ellipticity_coefficients
    from obspy.taup import TauPyModel

    from vigie.earth import TravelTimes

    taup, times = TauPyModel(MODEL), TravelTimes.load(MODEL)
    wanted = sorted({name for names in TAUP.values() for name in names})
    tau = np.full((len(TAUP), len(DEPTH_KM), len(DELTA_DEG), 3), np.nan)
    predicted = {name: times.predict(name, DELTA_DEG, DEPTH_KM[:, None]).time_s for name in TAUP}
    for k, depth in enumerate(DEPTH_KM):
        for j, delta in enumerate(DELTA_DEG):
            arrivals = taup.get_ray_paths(float(depth), float(delta), wanted)
            done: dict[int, list[float]] = {}
            for i, (phase, names) in enumerate(TAUP.items()):
                time = predicted[phase][k, j]
                near = [(abs(a.time - time), n) for n, a in enumerate(arrivals) if a.name in names]
                if not near or not min(near)[0] < NEAR_S:
                    continue
                n = min(near)[1]
                if n not in done:
                    done[n] = ellipticity_coefficients(arrivals[n])
                tau[i, k, j] = done[n]
        print(f"{depth} km done", flush=True)
    for row in tau.reshape(-1, len(DELTA_DEG), 3):
        fill(row)
    fill_depths(tau)
    info = {
        "model": MODEL,
        "source": f"EllipticiPy {version('ellipticipy')} on ObsPy {version('obspy')} TauP {MODEL}",
        "builder": "builders/build_ellipticity.py",
        "phases": list(TAUP),
    }
    np.savez_compressed(
        DATA / "ellipticity.npz",
        tau_s=tau.astype(np.float32), delta_deg=DELTA_DEG, depth_km=DEPTH_KM,
        info=np.array(json.dumps(info)),
    )  # fmt: skip


def fill(row: np.ndarray) -> None:
    """Fill distances without a ray from the nearest one, in place; shape (n_delta, 3)."""
    known = np.flatnonzero(~np.isnan(row[:, 0]))
    if not len(known):
        return
    nearest = known[np.argmin(np.abs(np.arange(len(row))[:, None] - known), axis=1)]
    row[:] = row[nearest]


def fill_depths(tau: np.ndarray) -> None:
    """Fill depths where a phase does not exist from the nearest depth, in place."""
    for phase in tau:
        known = np.flatnonzero(~np.isnan(phase[:, 0, 0]))
        nearest = known[np.argmin(np.abs(np.arange(len(phase))[:, None] - known), axis=1)]
        phase[:] = phase[nearest]


if __name__ == "__main__":
    main()
