"""Speed of the sample codecs, beside ObsPy's CM6 (C) and a plain NumPy read of the same samples.

Process time, the best of several repeats. Run it as ``python -m benchmarks.codecs``.
"""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING

import numpy as np

from vigie.formats.codecs import (
    checksum_chk2,
    decode_canadian,
    decode_cm6,
    decode_e1,
    decode_int,
    decode_plain,
    encode_canadian,
    encode_cm6,
    encode_int,
    encode_plain,
)
from vigie.testing.examples import e1_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SEED = 20261125
_E1_BLOCK = 1000


def measure(n_samples: int = 2_000_000, repeats: int = 5) -> dict[str, object]:
    """Time each codec on a random walk; return Msamples/s and MB/s of encoded data."""
    steps = np.random.default_rng(SEED).normal(0.0, 200.0, n_samples)
    samples = np.cumsum(steps).astype(np.int32)
    cm6, integers = encode_cm6(samples), encode_int(samples)
    canadian = encode_canadian(samples)
    # The example encoder is slow, so one block is repeated.
    block = e1_block(samples[:_E1_BLOCK], 1)
    e1 = block * (n_samples // _E1_BLOCK)
    s3 = encode_plain(samples, "s4")[: 3 * n_samples]
    runs: dict[str, tuple[Callable[[], object], int]] = {
        "cm6_decode": (lambda: decode_cm6(cm6, n_samples), len(cm6)),
        "cm6_encode": (lambda: encode_cm6(samples), len(cm6)),
        "int_decode": (lambda: decode_int(integers, n_samples), len(integers)),
        "canadian_decode": (lambda: decode_canadian(canadian, n_samples), len(canadian)),
        "canadian_encode": (lambda: encode_canadian(samples), len(canadian)),
        "e1_decode": (lambda: decode_e1(e1), len(e1)),
        "s3_decode": (lambda: decode_plain(s3, "s3", n_samples), len(s3)),
        "chk2": (lambda: checksum_chk2(samples), samples.nbytes),
    }
    report: dict[str, object] = {"seed": SEED, "samples": n_samples}
    for name, (action, n_bytes) in runs.items():
        report[name] = _rates(_best_s(action, repeats), n_samples, n_bytes)
    report["obspy_cm6_decode"] = _obspy(cm6, samples, repeats)
    return report


def _best_s(action: Callable[[], object], repeats: int) -> float:
    """Return the shortest process time; the first call, which may compile, does not count."""
    action()
    times = []
    for _ in range(repeats):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return min(times)


def _rates(seconds: float, n_samples: int, n_bytes: int) -> dict[str, float]:
    return {
        "msamples_per_s": round(n_samples / seconds / 1e6, 1),
        "mb_per_s": round(n_bytes / seconds / 1e6, 1),
    }


def _obspy(cm6: bytes, samples: NDArray[np.int32], repeats: int) -> dict[str, float]:
    """Time ObsPy's C decoder, fed line by line as its reader does, on the same text."""
    from obspy.io.gse2.libgse2 import uncompress_cm6

    text = b"DAT2\n" + cm6 + b"\nCHK2 0\n"
    assert np.array_equal(uncompress_cm6(io.BytesIO(text), len(samples)), samples)
    seconds = _best_s(lambda: uncompress_cm6(io.BytesIO(text), len(samples)), repeats)
    return _rates(seconds, len(samples), len(cm6))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
