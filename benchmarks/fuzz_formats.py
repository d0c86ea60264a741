"""Damaged and random inputs for every reader: nothing but errors of ours, bounded time and memory.

Each reader gets mutations of its examples (bit flips, cuts, repeats, nasty words, swapped lines)
and, one in seventeen, noise. Run it as ``python -m benchmarks.fuzz_formats [N] [FORMAT ...]``.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from tests.formats.test_common import CASES

from vigie.errors import BadRecordError
from vigie.formats import Source, all_formats, format_named
from vigie.testing.mutation import mutate, noise

if TYPE_CHECKING:
    from vigie.formats import Format

SEED = 20261125
THROUGH_LIBRARIES = frozenset(
    {
        "mseed",
        "sac",
        "stationxml",
        "quakeml",
        "sc3ml",
        "pmcc_netcdf",
        "srs_netcdf",
        "weather_grib",
        "weather_netcdf",
        "gamma_spectrum",
    }
)
"""Formats read by libraries (libmseed, ObsPy, SciPy ...); they get a tenth of the inputs."""
_NOISE_SHARE = 0.004
"""Of rounds; each gives 15 inputs, so 1 input in 17 is noise."""
_STRICT_SHARE = 0.2


@dataclass(slots=True)
class Tally:
    """What happened to the inputs of one reader."""

    inputs: int = 0
    read_something: int = 0
    refused_strictly: int = 0
    slowest_s: float = 0.0
    unhandled: dict[str, int] = field(default_factory=dict)


def measure(n_inputs: int = 100_000, names: tuple[str, ...] = ()) -> dict[str, object]:
    """Fuzz every reader; return counts, the slowest read and the growth of memory."""
    report: dict[str, object] = {"seed": SEED}
    for one in all_formats():
        if names and one.name not in names:
            continue
        count = n_inputs // 10 if one.name in THROUGH_LIBRARIES and not names else n_inputs
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.process_time()
        tally = fuzz(one, count)
        report[one.name] = {
            "inputs": tally.inputs,
            "unhandled": sum(tally.unhandled.values()),
            "unhandled_kinds": tally.unhandled,
            "read_something": tally.read_something,
            "refused_strictly": tally.refused_strictly,
            "slowest_ms": round(1e3 * tally.slowest_s, 1),
            "cpu_s": round(time.process_time() - started, 1),
            "memory_growth_mb": round(
                (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024, 1
            ),
        }
    return report


def fuzz(format_: Format, n_inputs: int) -> Tally:
    """Give one reader so many damaged inputs."""
    rng = np.random.default_rng(SEED)
    seeds = [case.make() for case in CASES if case.format_name == format_.name]
    tally = Tally()
    while tally.inputs < n_inputs:
        if rng.random() < _NOISE_SHARE or not seeds:
            sources = [Source("noise.dat", data) for data in noise(rng)]
        else:
            sources = [_damaged(seeds[int(rng.integers(len(seeds)))], rng)]
        for source in sources[: n_inputs - tally.inputs]:
            _read(format_, source, tally, strict=bool(rng.random() < _STRICT_SHARE))
    return tally


def _damaged(seed: Source, rng: np.random.Generator) -> Source:
    """Damage the file, and every companion that is asked for."""

    def companion(name: str) -> bytes | None:
        data = seed.companion(name)
        return None if data is None else mutate(data, rng)

    return Source(seed.name, mutate(seed.data, rng), companion)


def _read(format_: Format, source: Source, tally: Tally, *, strict: bool) -> None:
    tally.inputs += 1
    started = time.process_time()
    try:
        format_.detect(source.data[:4096], source.name)
        contents = format_named(format_.name).read(source, strict=strict)
    except BadRecordError:
        tally.refused_strictly += strict
        if not strict:
            tally.unhandled["BadRecordError although lenient"] = (
                tally.unhandled.get("BadRecordError although lenient", 0) + 1
            )
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} in {place.name}: {str(error)[:80]}"
        tally.unhandled[kind] = tally.unhandled.get(kind, 0) + 1
    else:
        tally.read_something += any(bool(getattr(contents, name)) for name in format_.holds)
    tally.slowest_s = max(tally.slowest_s, time.process_time() - started)


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(json.dumps(measure(wanted, tuple(sys.argv[2:])), indent=2))
