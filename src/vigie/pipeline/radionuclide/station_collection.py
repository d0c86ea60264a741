"""When a sample was collected that a laboratory measured without saying so: by the station.

A laboratory's message often has no ``#Collection``. Its sample reference id is that of the
station's sample, or of a portion of it, and what was read beside it may state the collection: with
its times, daughters grow by Bateman's equations, and what is about the laboratory's detector is
told apart from what was collected. The volume is not taken: which share of the filter was measured
is another's question, so activities stay activities.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.errors import BadRecordError
from vigie.radionuclide.laboratory import is_portion_of
from vigie.records import Collection, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.pipeline.radionuclide.gather import Gathered, Measurement
    from vigie.records import SampleAnalysis

TAKEN = "sample.collection_of_station"


def with_collection(one: Measurement, gathered: Gathered) -> tuple[Measurement, tuple[Reason, ...]]:
    """Return a measurement with the times of collection of the sample that its id names.

    As it was where it states them itself, or nothing that was read does, or not with one voice, or
    it was measured before that collection ended.

    Parameters
    ----------
    one : Measurement
    gathered : Gathered
        Among which the station's message, or its analysis, may be.
    """
    message = one.message
    if message is None or message.collection is not None or message.acquisition is None:
        return one, ()
    found = {(start, stop): name for name, start, stop in _stated(message.sample_id, gathered)}
    if len(found) != 1:
        return one, ()
    (((start_ns, stop_ns), station),) = found.items()
    if not start_ns < stop_ns <= message.acquisition.start_ns:
        return one, ()
    times = Collection(start_ns=start_ns, stop_ns=stop_ns, air_volume_m3=0.0)
    told = Reason.of(TAKEN, station=station)
    return replace(one, message=replace(message, collection=times)), (told,)


def without_times(analysis: SampleAnalysis) -> SampleAnalysis:
    """Return an analysis that does not state the times of collection: its message does not."""
    return replace(analysis, collection_start_ns=None, collection_stop_ns=None, air_volume_m3=None)


def _stated(sample_id: str, gathered: Gathered) -> Iterator[tuple[str, int, int]]:
    """Yield station and times of collection of the samples of which an id may be a portion."""
    for one in gathered.messages:
        message = one.message
        if message is None or message.collection is None:
            continue
        if _is_portion(sample_id, message.sample_id):
            yield message.station, message.collection.start_ns, message.collection.stop_ns
    for known in gathered.analysed:
        start, stop = known.collection_start_ns, known.collection_stop_ns
        if start is not None and stop is not None and _is_portion(sample_id, known.sample_id):
            yield known.station, start, stop


def _is_portion(portion: str, whole: str) -> bool:
    try:
        return is_portion_of(portion, whole)
    except BadRecordError:
        return False
