"""Real recordings and bulletins that ship inside ObsPy, run through the chain.

ObsPy's wheel carries the records of its own tests. Three of them make a first tour: four
stations that recorded two local events near Munich on 2010-05-27; the bulletin of an event of
1995-01-16 by the prototype International Data Centre; and the ISC bulletin of an earthquake near
Spitak, Armenia, of 1967-01-30, whose place is known to 5 km (Bondár et al. 2008). The records are
read where they lie; where this ObsPy lacks one, that part of the tour is left out and said so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import MissingInputError
from vigie.exchange.files import read_file
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location.params import LocateParams
from vigie.pipeline.media import Media
from vigie.records import Bulletin, Event, Origin, Station, Waveform
from vigie.stations.rebuild import stations_from_bulletin

if TYPE_CHECKING:
    from vigie.earth.base import Predictor
    from vigie.pipeline.station_book import StationBook

LOCAL_RECORDS = (
    "signal/tests/data/BW.UH1._.SHZ.D.2010.147.cut.slist.gz",
    "signal/tests/data/BW.UH2._.SHZ.D.2010.147.cut.slist.gz",
    "signal/tests/data/BW.UH3._.SHZ.D.2010.147.cut.slist.gz",
    "signal/tests/data/BW.UH3._.SHN.D.2010.147.cut.slist.gz",
    "signal/tests/data/BW.UH3._.SHE.D.2010.147.cut.slist.gz",
    "signal/tests/data/BW.UH4._.EHZ.D.2010.147.cut.slist.gz",
)
LOCAL_BULLETIN = "io/cnv/tests/data/obspyck_20141020150701.xml"
"""A located event of the same stations half an hour later: it tells where they stand."""
IDC_BULLETIN = "io/gse2/tests/data/bulletin/gse_2.0_standard.txt"
ISC_BULLETIN = "io/iaspei/tests/data/19670130012028.isf"

_STATIONS_OF_1995 = (
    ("NORES", 60.7353, 11.5414, 302.0),
    ("MBC", 76.2420, -119.3600, 40.0),
    ("FCC", 58.7616, -94.0866, 39.0),
    ("WHY", 60.6597, -134.8806, 1292.0),
)
"""Code, latitude, longitude, elevation (m) of stations that the IMS has not; International
Seismograph Station Registry. They agree with the distances and azimuths of the bulletin to its
last digit."""


@dataclass(frozen=True, slots=True)
class Relocated:
    """An event of a bulletin, located again, beside the bulletin's own solution."""

    event: Event
    reference: Origin
    reference_author: str
    distance_km: float
    time_s: float
    """Ours minus the reference's origin time."""


def packaged(name: str) -> Path:
    """Return a record that ships inside ObsPy.

    Raises
    ------
    MissingInputError
        This ObsPy does not carry it.
    """
    import obspy  # deferred: 0.2 s

    path = Path(obspy.__file__).parent / name
    if not path.is_file():
        raise MissingInputError(
            path=name,
            what="the record inside the installed ObsPy",
            remedy="Install ObsPy from its wheel, or run the demo on a folder: --data DIR.",
        )
    return path


def local_waveforms() -> tuple[Waveform, ...]:
    """Return the records of the local events of 2010-05-27.

    Raises
    ------
    MissingInputError
        This ObsPy does not carry them.
    """
    import obspy

    from vigie.formats.obspy_bridge import from_obspy

    found: list[Waveform] = []
    for name in LOCAL_RECORDS:
        found += from_obspy(obspy.read(str(packaged(name))))
    return tuple(found)


def local_reference() -> Bulletin:
    """Return the located event of the same local stations.

    Raises
    ------
    MissingInputError
        This ObsPy does not carry it.
    """
    return _bulletin(LOCAL_BULLETIN)


def relocate(
    name: str, book: StationBook, predictor: Predictor, *, reference_author: str
) -> Relocated:
    """Locate, size and screen the event of a packaged bulletin, with the phases that it names.

    Parameters
    ----------
    name : str
        One of the bulletins above.
    book : StationBook
        Known stations; positions of others are rebuilt from the bulletin's distances.
    predictor : Predictor
        Earth model.
    reference_author : str
        Whose origin to compare with.

    Raises
    ------
    MissingInputError
        This ObsPy does not carry the bulletin.
    LocationError
        Its arrivals do not locate the event.
    """
    from vigie.pipeline.locate import RelocateParams, relocate_event  # deferred: SciPy

    bulletin = _bulletin(name)
    book.add(
        Station(code=code, latitude=latitude, longitude=longitude, elevation_m=elevation_m)
        for code, latitude, longitude, elevation_m in _STATIONS_OF_1995
    )
    book.add(stations_from_bulletin(bulletin))
    event = bulletin.events[0]
    params = RelocateParams(locate=LocateParams(phases="keep"))
    located = relocate_event(event, book, Media(predictor), params)
    origin = located.origins[-1]
    reference = next(
        (o for o in event.origins if o.author == reference_author), event.origin or origin
    )
    delta, _, _ = distance_azimuths(
        reference.latitude, reference.longitude, origin.latitude, origin.longitude
    )
    return Relocated(
        located,
        reference,
        reference_author,
        float(delta) * KM_PER_DEG,
        float(np.subtract(origin.time_ns, reference.time_ns)) / 1e9,
    )


def _bulletin(name: str) -> Bulletin:
    contents = read_file(packaged(name))
    if contents.bulletin is None or not contents.bulletin.events:
        raise MissingInputError(path=name, what="an event", remedy="Install another ObsPy.")
    return contents.bulletin
