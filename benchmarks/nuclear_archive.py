"""P of 16 explosions on the Norwegian network: how often it is found, and how well read.

A trace counts when its SNR (peak of 1-4 Hz in -2 ... +8 s about the prediction over the rms
of -25 ... -4 s) exceeds 5. P is *found* when a detection lies within 1 s of prediction plus the
event's own median residual (published origin times are uncertain), over events with four or
more such traces. Predictions are vigie's own (ak135, geocentric, ellipticity, elevation);
the median is that of the detections nearest to the predictions, within 6 s. A plain STA/LTA
(0.7 / 10 s, 1-4 Hz) is scored in the same way.

Since stations also have clock and path errors of seconds, further figures do without
predictions: P is *read well* when a detection lies within 0.5 s of the first excursion of the
trace beyond 1.5 times the largest noise before, and *seen* when within 1 s. That excursion comes
after the onset by nature, so late readings look well read; ``onset_real`` knows the onsets.

USS19871260402 has no P in its record and is left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks._data import shared

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.exchange.files import read_file
from vigie.records import NS_PER_S, Waveform, parse_iso
from vigie.records.time import add_seconds, seconds_between
from vigie.seismic import process_station
from vigie.signal.detectors import triggers
from vigie.signal.filters import BandPass, filter_causal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEFT_OUT = "USS19871260402"
P_PHASES = ("P", "Pn", "Pg")


@dataclass(frozen=True, slots=True)
class TraceResult:
    """What one trace gave; times are seconds after the prediction."""

    event: str
    channel: str
    snr: float
    detections_s: tuple[float, ...]
    sigmas_s: tuple[float, ...]
    excursion_s: float | None

    @property
    def nearest_s(self) -> float | None:
        """Residual of the detection nearest to the prediction."""
        return min(self.detections_s, key=abs, default=None)


def events(folder: Path) -> list[Path]:
    """Return the folders of the events that count."""
    return [p.parent for p in sorted(folder.glob("*/truth.json")) if p.parent.name != LEFT_OUT]


def plain_sta_lta(waveforms: tuple[Waveform, ...]) -> list[int]:
    """Return where classic STA/LTA (0.7 / 10 s, 1-4 Hz, power ratio 4) crosses, ns."""
    from obspy.signal.trigger import classic_sta_lta

    found: list[int] = []
    for w in waveforms:
        filtered = filter_causal(w.samples, w.rate_hz, BandPass(1.0, 4.0))
        ratio = classic_sta_lta(filtered, round(0.7 * w.rate_hz), round(10.0 * w.rate_hz))
        found.extend(w.time_ns(int(on)) for on, _ in triggers(ratio, 4.0, 1.5))
    return found


def predicted_p(folder: Path) -> Iterator[tuple[Waveform, int]]:
    """Yield every vertical recording that holds the predicted first P, with that time.

    Where no segment does, the first one.
    """
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    depth_km = truth.get("depth_km") or (truth.get("depth_m") or 0.0) / 1e3
    source = Hypocentre(truth["latitude"], truth["longitude"], float(depth_km))
    origin_ns = parse_iso(truth["origin_time"])
    places = {s.code: s for s in read_file(folder / "stations.csv").stations}
    for path in sorted(folder.glob("*.mseed")):
        waveforms = read_file(path).waveforms
        code = path.name.split(".")[1]
        if not waveforms or "Z" not in waveforms[0].channel.channel or code not in places:
            continue
        place = places[code]
        site = Sites(
            np.full(3, place.latitude), np.full(3, place.longitude), np.full(3, place.elevation_m)
        )
        times = load_predictor("ak135").predict(P_PHASES, source, site).time_s
        predicted_ns = add_seconds(origin_ns, float(np.nanmin(times)))
        holding = (w for w in waveforms if w.start_ns <= predicted_ns <= w.end_ns)
        yield next(holding, waveforms[0]), predicted_ns


def run_event(folder: Path, *, plain: bool = False) -> list[TraceResult]:
    """Process every vertical trace of an event by itself, or detect by plain STA/LTA."""
    results = []
    for waveform, predicted_ns in predicted_p(folder):
        waveforms = (waveform,)
        if plain:
            times_ns, sigmas_s = plain_sta_lta(waveforms), []
        else:
            found = process_station(waveforms).detections
            times_ns = [d.time_ns for d in found]
            sigmas_s = [d.time_sigma_s or 0.0 for d in found]
        results.append(
            TraceResult(
                folder.name,
                str(waveform.channel),
                snr_at(waveforms, predicted_ns),
                tuple(seconds_between(t, predicted_ns) for t in times_ns),
                tuple(sigmas_s),
                _excursion_s(waveforms, predicted_ns),
            )
        )
    return results


def score(results: list[TraceResult]) -> dict[str, Any]:
    """Count found and well-read P over the events with four or more usable traces."""
    by_event: dict[str, list[TraceResult]] = {}
    for r in results:
        if r.snr > 5.0:
            by_event.setdefault(r.event, []).append(r)
    found = well = seen = judged = total = 0
    misses, medians = [], {}
    for event, rows in by_event.items():
        if len(rows) < 4:
            continue
        near = [r.nearest_s for r in rows if r.nearest_s is not None and abs(r.nearest_s) < 6.0]
        median = float(np.median(near))
        medians[event] = round(median, 2)
        for r in rows:
            total += 1
            off = min((abs(t - median) for t in r.detections_s), default=np.inf)
            found += off <= 1.0
            apart = None
            if r.excursion_s is not None:
                judged += 1
                apart = min((abs(t - r.excursion_s) for t in r.detections_s), default=np.inf)
                well += apart <= 0.5
                seen += apart <= 1.0
            if off > 1.0:
                nearest = None if r.nearest_s is None else round(r.nearest_s - median, 2)
                misses.append(
                    {
                        "event": event,
                        "channel": r.channel,
                        "snr": round(r.snr, 1),
                        "residual_s": nearest,
                        "from_first_excursion_s": None if apart is None else round(apart, 2),
                    }
                )
    return {
        "traces": total,
        "found": found,
        "found_share": round(found / max(total, 1), 4),
        "with_clear_excursion": judged,
        "seen": seen,
        "read_well": well,
        "read_well_share": round(well / max(judged, 1), 4),
        "event_median_residual_s": medians,
        "misses": misses,
    }


def about_station_medians(results: list[TraceResult], least: int = 3) -> dict[str, Any]:
    """Count P within 1 s of event median + station median, at stations with enough events.

    Paths are common to the events, clocks are not.
    """
    medians = score(results)["event_median_residual_s"]
    by_station: dict[str, list[float]] = {}
    for r in results:
        if r.snr > 5.0 and r.event in medians and r.detections_s:
            off = min((t - medians[r.event] for t in r.detections_s), key=abs)
            by_station.setdefault(r.channel.split(".")[1], []).append(off)
    often = {code: np.array(v) for code, v in by_station.items() if len(v) >= least}
    return {
        "traces": sum(len(v) for v in often.values()),
        "found": int(sum(np.sum(np.abs(v - np.median(v)) <= 1.0) for v in often.values())),
        "station_median_s": {c: round(float(np.median(v)), 2) for c, v in sorted(often.items())},
    }


def measure() -> dict[str, Any]:
    """Run all events; give the score over all verticals, and over channel codes ending in Z."""
    folders = events(shared("seismic/nuclear_archive"))
    results = [r for e in folders for r in run_event(e)]
    plain = [r for e in folders for r in run_event(e, plain=True)]
    z_only = [r for r in plain if r.channel.endswith("Z")]
    keys = ("traces", "found", "found_share", "seen", "read_well")
    return {
        "all_verticals": score(results),
        "codes_ending_in_z": score([r for r in results if r.channel.endswith("Z")]),
        "about_station_medians": about_station_medians(
            [r for r in results if r.channel.endswith("Z")]
        ),
        "plain_all_verticals": {k: v for k, v in score(plain).items() if k in keys},
        "plain_codes_ending_in_z": {k: v for k, v in score(z_only).items() if k in keys},
        "plain_detections": sum(len(r.detections_s) for r in plain),
        "detections": sum(len(r.detections_s) for r in results),
        "traces": len(results),
    }


def _filtered(waveforms: tuple[Waveform, ...], at_ns: int, band: BandPass) -> Waveform | None:
    for w in waveforms:
        if w.start_ns <= at_ns <= w.end_ns:
            return w.with_samples(filter_causal(w.samples, w.rate_hz, band))
    return None


def _window(trace: Waveform, at_ns: int, span_s: tuple[float, float]) -> np.ndarray[Any, Any]:
    return np.asarray(
        trace.slice(add_seconds(at_ns, span_s[0]), add_seconds(at_ns, span_s[1])).samples
    )


def snr_at(waveforms: tuple[Waveform, ...], at_ns: int) -> float:
    """Return peak of 1-4 Hz in -2 ... +8 s over rms of -25 ... -4 s; 0 without noise."""
    trace = _filtered(waveforms, at_ns, BandPass(1.0, 4.0))
    if trace is None:
        return 0.0
    noise = _window(trace, at_ns, (-25.0, -4.0))
    if len(noise) < 3.0 * trace.rate_hz:
        return 0.0
    return float(np.abs(_window(trace, at_ns, (-2.0, 8.0))).max() / noise.std())


def _excursion_s(waveforms: tuple[Waveform, ...], at_ns: int) -> float | None:
    """First time in -8 ... +8 s beyond 1.5 times the largest noise of up to 25 s before."""
    trace = _filtered(waveforms, at_ns, BandPass(1.0, 8.0))
    if trace is None:
        return None
    noise = _window(trace, at_ns, (-33.0, -8.0))[round(2.0 * trace.rate_hz) :]
    search = np.abs(_window(trace, at_ns, (-8.0, 8.0)))
    if len(noise) < 3.0 * trace.rate_hz:
        return None
    beyond = np.flatnonzero(search > 1.5 * np.abs(noise).max())
    if len(beyond) == 0:
        return None
    first_ns = max(add_seconds(at_ns, -8.0), trace.start_ns)
    return (first_ns + int(beyond[0]) * NS_PER_S / trace.rate_hz - at_ns) / NS_PER_S


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
