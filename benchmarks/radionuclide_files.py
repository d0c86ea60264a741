"""Radionuclide files at hand, read against what is stated of them; and the readers fuzzed.

Read are all messages and spectra of ``../shared/data/radionuclide``: counts, live and real times
against those that the files' description states, messages written and read again, seconds on one
core. Then 100,000 damaged or random inputs go to each reader (``fuzz_formats``): pulse-height data
and other messages, spectra through SpecUtils, efficiency curves.
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks import fuzz_formats
from benchmarks._data import shared

from vigie.exchange.files import read_file
from vigie.formats import Contents, Source, format_named

NAMES = ("ims_radionuclide", "gamma_spectrum", "efficiency")
STATED: dict[str, tuple[float, ...]] = {
    "SAMPLE20211203070613605.PHD": (3480, 267961, 39480, 50719.17, 50400.0),
    "SPIKE20190502222812845.PHD": (31572, 325146, 149498, 54335.69, 54000.0),
    "becq_mendocino_kelp_2013.spe": (2279915, 595798.0, 595642.0),
    "becq_lead_cave_background_2017-05.spe": (1052900, 437903.0, 437817.0),
    "becq_lead_cave_activated_pottery.spe": (304706, 16557.0, 16543.0),
    "detective_ex100_background_2011.n42": (10873456, 42101.54, 41610.32),
}
"""Coincidences, gamma and beta singles, or counts; then real and live time, s."""
ENDINGS = (".PHD", ".n42", ".spe", ".spc", ".cnf", ".pcf", ".raddata.txt", ".ecc")


def measure(n_inputs: int = 100_000) -> dict[str, object]:
    """Return what was read and how, and what the readers made of damaged inputs."""
    root = shared("radionuclide")
    paths = [p for p in sorted(root.rglob("*")) if p.name.endswith(ENDINGS)]
    unread, agreeing, slowest_s, issues = [], [], 0.0, 0
    for path in paths:
        started = time.process_time()
        contents = read_file(path)
        slowest_s = max(slowest_s, time.process_time() - started)
        if not (contents.pulse_heights or contents.spectra or contents.efficiencies):
            unread.append(path.name)
        issues += sum(issue.severity == "warning" for issue in contents.issues)
        if path.name in STATED and _found(contents) == STATED[path.name]:
            agreeing.append(path.name)
    return {
        "files": len(paths),
        "not_read": unread,
        "warnings": issues,
        "agree_with_their_description": f"{len(agreeing)} of {len(STATED)}",
        "written_and_read_the_same": _written_back(),
        "slowest_read_ms": round(1e3 * slowest_s, 1),
        "fuzzed": {name: _fuzzed(name, n_inputs) for name in NAMES},
    }


def _found(contents: Contents) -> tuple[float, ...]:
    if contents.spectra:
        one = contents.spectra[0]
        return one.total, one.real_time_s or 0.0, one.live_time_s or 0.0
    (message,) = contents.pulse_heights
    counted, histogram = message.acquisition, message.histogram
    if counted is None or histogram is None or message.gamma is None or message.beta is None:
        return ()
    singles = (message.gamma.total, message.beta.total)
    return int(histogram.counts.sum()), *singles, counted.real_time_s, counted.live_time_s


def _written_back() -> str:
    chosen = format_named("ims_radionuclide")
    same = 0
    paths = sorted(shared("radionuclide/phd").glob("*.PHD"))
    for path in paths:
        contents = read_file(path)
        (data,) = chosen.write(contents).values()
        again = chosen.read(Source("written", data))
        same += again.pulse_heights[0].same_as(contents.pulse_heights[0])
    return f"{same} of {len(paths)}"


def _fuzzed(name: str, n_inputs: int) -> object:
    return fuzz_formats.measure(n_inputs, (name,))[name]


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(json.dumps(measure(wanted), indent=2))
