"""Hypothesis strategies: bulletins, with every field of every record."""

from __future__ import annotations

from hypothesis import strategies as st

from vigie.records import (
    Amplitude,
    Association,
    Bulletin,
    ChannelId,
    Detection,
    Ellipse,
    EllipseKind,
    Event,
    ExcludedElement,
    Magnitude,
    Mask,
    MaskKind,
    Origin,
    Screening,
    StationMagnitude,
    Verdict,
    YieldRange,
    parse_iso,
)

FROM_NS, TO_NS = parse_iso("1900-01-01"), parse_iso("2200-01-01")
TIMES = st.integers(FROM_NS, TO_NS)
CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=5)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
IDS = TEXTS.filter(bool)
NUMBERS = st.floats(-1e9, 1e9)
MAYBE = st.none() | NUMBERS
POSITIVE = st.floats(0.0, 1e6)
PHASES = st.sampled_from(["P", "Pn", "PKPdf", "S", "Lg", "LR", "pP"])
CHANNELS = st.builds(ChannelId, CODES, CODES, st.just(""), CODES)
VERDICTS = st.sampled_from(list(Verdict))


@st.composite
def masks(draw: st.DrawFn) -> Mask:
    start = draw(TIMES)
    return Mask(
        draw(CHANNELS),
        start,
        start + draw(st.integers(0, 10**12)),
        draw(st.sampled_from(list(MaskKind))),
        draw(TEXTS),
        draw(TEXTS),
        draw(st.none() | st.integers(0, 10**9)),
    )


@st.composite
def ellipses(draw: st.DrawFn) -> Ellipse:
    minor, major = sorted((draw(POSITIVE), draw(POSITIVE)))
    return Ellipse(
        kind=draw(st.sampled_from(list(EllipseKind))),
        confidence=draw(st.sampled_from([0.9, 0.95, 0.99])),
        semi_major_km=major,
        semi_minor_km=minor,
        strike_deg=draw(st.floats(0, 180)),
    )


AMPLITUDES = st.builds(
    Amplitude,
    type=TEXTS,
    value=NUMBERS,
    unit=st.sampled_from(["nm", "Pa"]),
    sigma=MAYBE,
    period_s=MAYBE,
    time_ns=st.none() | TIMES,
    band_hz=st.none() | st.tuples(POSITIVE, POSITIVE),
    snr=MAYBE,
    clipped=st.booleans(),
)


def detections(ids: st.SearchStrategy[str] = IDS) -> st.SearchStrategy[Detection]:
    """Return detections with everything in them."""
    return st.builds(
        Detection,
        id=ids,
        station=CODES,
        time_ns=TIMES,
        time_sigma_s=MAYBE,
        phase=st.none() | PHASES,
        network=CODES,
        channel=st.none() | CHANNELS,
        azimuth_deg=MAYBE,
        azimuth_deg_sigma=MAYBE,
        slowness_s_per_deg=MAYBE,
        slowness_s_per_deg_sigma=MAYBE,
        amplitude_nm=MAYBE,
        amplitude_nm_sigma=MAYBE,
        period_s=MAYBE,
        period_s_sigma=MAYBE,
        freq_hz=MAYBE,
        freq_hz_sigma=MAYBE,
        snr=MAYBE,
        snr_sigma=MAYBE,
        duration_s=MAYBE,
        duration_s_sigma=MAYBE,
        rectilinearity=MAYBE,
        rectilinearity_sigma=MAYBE,
        first_motion=st.sampled_from([None, "c", "d"]),
        onset=st.sampled_from([None, "i", "e", "q"]),
        analysis=st.sampled_from(["a", "m", ""]),
        wave_type_probabilities=st.just((("T", 0.75), ("N", 0.25))) | st.just(()),
        amplitudes=st.lists(AMPLITUDES, max_size=2).map(tuple),
        elements=st.lists(CODES, max_size=2).map(tuple),
        excluded_elements=st.lists(st.builds(ExcludedElement, CODES, TEXTS), max_size=1).map(tuple),
        masks=st.lists(masks(), max_size=1).map(tuple),
        author=TEXTS,
        method=TEXTS,
        group=st.none() | CODES,
        simulated=st.booleans(),
    )


STATION_MAGNITUDES = st.builds(
    StationMagnitude,
    station=CODES,
    type=CODES,
    value=NUMBERS,
    sigma=MAYBE,
    detection_id=st.none() | CODES,
    delta_deg=MAYBE,
    phase=st.none() | PHASES,
    bound=st.sampled_from(["", "<"]),
    defining=st.booleans(),
    reason=TEXTS,
)
MAGNITUDES = st.builds(
    Magnitude,
    type=CODES,
    value=NUMBERS,
    sigma=MAYBE,
    sigma_from_depth=MAYBE,
    n_stations=st.none() | st.integers(0, 99),
    origin_id=st.none() | CODES,
    author=TEXTS,
    bound=st.sampled_from(["", "<", ">"]),
    stations=st.lists(STATION_MAGNITUDES, max_size=2).map(tuple),
)
SCREENINGS = st.builds(
    Screening,
    criterion=CODES,
    verdict=VERDICTS,
    score=MAYBE,
    score_sigma=MAYBE,
    reason=TEXTS,
    code=TEXTS,
    params=st.dictionaries(TEXTS, TEXTS | NUMBERS, max_size=2).map(lambda d: tuple(d.items())),
    data=st.lists(TEXTS, max_size=2).map(tuple),
)


YIELDS = st.builds(
    YieldRange,
    relation=CODES,
    kind=st.sampled_from(["chemical", "nuclear"]),
    quantity=st.sampled_from(["amplitude", "period"]),
    low_kt=NUMBERS,
    median_kt=MAYBE,
    high_kt=MAYBE,
    sigma_log10=MAYBE,
    bound=st.sampled_from(["", ">"]),
    stations=st.lists(TEXTS, max_size=2).map(tuple),
    atmosphere=TEXTS,
    source=TEXTS,
    origin_id=st.none() | TEXTS,
)


def associations(ids: st.SearchStrategy[str]) -> st.SearchStrategy[Association]:
    """Return associations with detections of these ids."""
    return st.builds(
        Association,
        detection_id=ids,
        station=CODES,
        phase=PHASES,
        delta_deg=MAYBE,
        seaz_deg=MAYBE,
        esaz_deg=MAYBE,
        time_residual_s=MAYBE,
        azimuth_residual_deg=MAYBE,
        slowness_residual_s_per_deg=MAYBE,
        time_defining=st.booleans(),
        azimuth_defining=st.booleans(),
        slowness_defining=st.booleans(),
        weight=MAYBE,
        time_error_s=MAYBE,
        reason=TEXTS,
    )


def origins(origin_id: str, detection_ids: list[str]) -> st.SearchStrategy[Origin]:
    """Return origins with everything in them."""
    counts = st.none() | st.integers(0, 999)
    linked = st.lists(associations(st.sampled_from(detection_ids)), max_size=3)
    return st.builds(
        Origin,
        id=st.just(origin_id),
        time_ns=TIMES,
        latitude=st.floats(-90, 90),
        longitude=st.floats(-180, 180),
        depth_km=MAYBE,
        time_fixed=st.booleans(),
        epicentre_fixed=st.booleans(),
        depth_fixed=st.booleans(),
        depth_reason=TEXTS,
        time_sigma_s=MAYBE,
        depth_sigma_km=MAYBE,
        covariance=st.none() | st.just(((1.0, 0.5), (0.5, 2.0))),
        ellipses=st.lists(ellipses(), max_size=2).map(tuple),
        rms_s=MAYBE,
        weighted_rms=MAYBE,
        n_defining=counts,
        n_stations=counts,
        gap_deg=MAYBE,
        secondary_gap_deg=MAYBE,
        min_distance_deg=MAYBE,
        max_distance_deg=MAYBE,
        associations=(linked if detection_ids else st.just([])).map(tuple),
        author=TEXTS,
        method=TEXTS,
        model=TEXTS,
        event_type=st.sampled_from(["", "ke"]),
        analysis=st.sampled_from(["a", "m", "g"]),
        score=MAYBE,
        warnings=st.lists(TEXTS, max_size=1).map(tuple),
        simulated=st.booleans(),
    )


@st.composite
def events(draw: st.DrawFn, event_id: str = "E1") -> Event:
    ids = draw(st.lists(IDS, max_size=3, unique=True))
    found = [draw(detections(st.just(one))) for one in ids]
    n_origins = draw(st.integers(0, 3))
    all_origins = [draw(origins(f"O{k}", ids)) for k in range(n_origins)]
    return Event(
        id=event_id,
        origins=tuple(all_origins),
        preferred_id=draw(st.sampled_from([None, *(o.id for o in all_origins)])),
        detections=tuple(found),
        magnitudes=tuple(draw(st.lists(MAGNITUDES, max_size=2))),
        screening=tuple(draw(st.lists(SCREENINGS, max_size=2))),
        yields=tuple(draw(st.lists(YIELDS, max_size=2))),
        region=draw(TEXTS),
        comments=tuple(draw(st.lists(TEXTS, max_size=2))),
    )


@st.composite
def bulletins(draw: st.DrawFn) -> Bulletin:
    n_events = draw(st.integers(0, 2))
    return Bulletin(
        name=draw(TEXTS),
        events=tuple(draw(events(f"E{k}")) for k in range(n_events)),
        detections=tuple(draw(st.lists(detections(), max_size=2))),
        author=draw(TEXTS),
    )


def _some(low: float, high: float, digits: int = 2) -> st.SearchStrategy[float | None]:
    return st.none() | st.floats(low, high).map(lambda value: round(value, digits))


@st.composite
def _plain_detection(draw: st.DrawFn, one: str, origin_ns: int) -> Detection:
    station = draw(CODES)
    network = draw(st.sampled_from(["", "IM"]))
    return Detection(
        id=one,
        station=station,
        network=network,
        channel=draw(st.none() | st.just(ChannelId(network, station, "00", "BHZ"))),
        time_ns=origin_ns + draw(st.integers(-1000, 80_000_000)) * 10**6,
        phase=draw(st.none() | PHASES),
        azimuth_deg=draw(_some(0, 360, 1)),
        slowness_s_per_deg=draw(_some(0, 40, 1)),
        amplitude_nm=draw(_some(0, 1e5, 1)),
        period_s=draw(_some(0.01, 30)),
        snr=draw(_some(0, 999, 1)),
        first_motion=draw(st.sampled_from([None, "c", "d"])),
        onset=draw(st.sampled_from([None, "i", "e", "q"])),
        analysis=draw(st.sampled_from(["a", "m", ""])),
        amplitudes=draw(
            st.just(()) | st.just((Amplitude(type="A5/2", value=2.5, unit="nm", period_s=0.5),))
        ),
    )


@st.composite
def _plain_origin(draw: st.DrawFn, one: str, origin_ns: int, ids: list[tuple[str, str]]) -> Origin:
    minor, major = sorted((draw(st.floats(0, 99)), draw(st.floats(0, 99))))
    ellipse = Ellipse(
        kind=EllipseKind.COVERAGE,
        confidence=0.9,
        semi_major_km=round(major, 1),
        semi_minor_km=round(minor, 1),
        strike_deg=float(draw(st.integers(0, 179))),
    )
    linked = tuple(
        Association(
            detection_id=detection_id,
            station=station,
            phase=draw(PHASES),
            delta_deg=draw(_some(0, 180)),
            esaz_deg=draw(_some(0, 360, 1)),
            time_residual_s=draw(_some(-99, 99, 1)),
            time_defining=draw(st.booleans()),
            azimuth_defining=draw(st.booleans()),
            slowness_defining=draw(st.booleans()),
        )
        for detection_id, station in ids
        if draw(st.booleans())
    )
    fixed = draw(st.booleans())
    depth_km = draw(_some(0, 700, 1))
    return Origin(
        id=one,
        time_ns=origin_ns,
        latitude=draw(st.floats(-90, 90).map(lambda value: round(value, 4))),
        longitude=draw(st.floats(-180, 179.9).map(lambda value: round(value, 4))),
        depth_km=depth_km,
        depth_fixed=fixed,
        depth_reason="operator" if fixed else "",
        time_sigma_s=draw(_some(0, 99)),
        depth_sigma_km=None if depth_km is None else draw(_some(0, 9, 1)),
        ellipses=draw(st.just(()) | st.just((ellipse,))),
        rms_s=draw(_some(0, 99)),
        # What is written is the number of defining arrivals, where they are known.
        n_defining=sum(a.defining for a in linked) or draw(st.none() | st.integers(0, 999)),
        n_stations=draw(st.none() | st.integers(0, 999)),
        gap_deg=draw(st.none() | st.integers(0, 360).map(float)),
        associations=linked,
        author=draw(st.sampled_from(["", "vigie", "IDC_REB"])),
        analysis=draw(st.sampled_from(["a", "m", ""])),
    )


@st.composite
def _plain_event(draw: st.DrawFn, number: int) -> Event:
    origin_ns = draw(st.integers(FROM_NS // 10**7, TO_NS // 10**7)) * 10**7
    ids = [f"{number}{k}" for k in range(draw(st.integers(0, 4)))]
    found = [draw(_plain_detection(one, origin_ns)) for one in ids]
    pairs = [(d.id, d.station) for d in found]
    all_origins = tuple(
        draw(_plain_origin(f"{number}0{k}", origin_ns, pairs))
        for k in range(draw(st.integers(0, 3)))
    )
    stations = tuple(
        StationMagnitude(station=d.station, type="mb", value=4.5, detection_id=d.id)
        for d in found
        if draw(st.booleans())
    )
    sized = Magnitude(
        type="mb",
        value=draw(st.floats(-1, 9).map(lambda value: round(value, 1))),
        n_stations=draw(st.none() | st.integers(0, 99)),
        origin_id=draw(st.sampled_from([None, *(o.id for o in all_origins)])),
        author="vigie",
        stations=stations,
    )
    is_sized: bool = draw(st.booleans())
    return Event(
        id=f"{number}",
        origins=all_origins,
        preferred_id=draw(st.sampled_from([None, *(o.id for o in all_origins)])),
        detections=tuple(found),
        magnitudes=(sized,) if all_origins and is_sized else (),
        region=draw(st.sampled_from(["", "NORTH KOREA"])),
        comments=draw(st.just(()) | st.just(("felt at sea",))),
    )


@st.composite
def plain_bulletins(draw: st.DrawFn) -> Bulletin:
    """Bulletins whose values fit the fields of the text formats."""
    count = draw(st.integers(1, 3))
    loose_ns = draw(st.integers(FROM_NS // 10**7, TO_NS // 10**7)) * 10**7
    loose = [f"9{k}" for k in range(draw(st.integers(0, 2)))]
    return Bulletin(
        name=draw(st.sampled_from(["", "SEL1"])),
        events=tuple(draw(_plain_event(number)) for number in range(1, count + 1)),
        detections=tuple(draw(_plain_detection(one, loose_ns)) for one in loose),
    )
