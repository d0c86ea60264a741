"""The words of reports, by code: another language is another dictionary of the same codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vigie.network.screening.sentences import SENTENCES

ENGLISH: dict[str, str] = {
    "title": "Event {id}",
    "skip": "Skip to the summary",
    "simulated": "Simulated data: this event did not happen.",
    "summary": "Summary",
    "map": "Map",
    "section": "Recordings",
    "arrivals": "Arrivals and residuals",
    "magnitudes": "Magnitude",
    "screening": "Screening: what is, and is not, consistent with an earthquake",
    "provenance": "Method and provenance",
    "warnings": "Warnings",
    "where": "{place}, at {position}.",
    "where_unnamed": "At {position}.",
    "when": "{time} UTC.",
    "when_sigma": "{time} UTC, standard error {sigma:.2f} s.",
    "size": "{type} {value:.2f}{source}; its standard error is not known.",
    "size_from": ", from {stations}",
    "size_by": ", by {author}",
    "size_type_unknown": "M",
    "size_sigma": "{type} {value:.2f}, standard error {sigma:.2f}{parts}{source}.",
    "size_depth": " ({readings:.2f} from the readings, {depth:.2f} from the depth)",
    "size_below": "{type} below {value:.2f}: no station measured it.",
    "size_why": "{type}: none of {n} stations with the right phase could be used ({reasons}).",
    "size_reason": "{n} × {reason}",
    "size_why_none": "{type}: no station has the right phase ({phases}).",
    "size_none": "No magnitude could be computed.",
    "size_yield": (
        "If it was a chemical explosion: {interval} of TNT with {percent} % probability, by one "
        "relation of its sound alone ({relation})."
    ),
    "size_yields": (
        "If it was a chemical explosion: {interval} of TNT with {percent} % probability, by {n} "
        "relations of its sound together, amplitude and period counted alike."
    ),
    "size_yields_all": (
        "If it was a chemical explosion: {interval} of TNT with {percent} % probability, by {n} "
        "relations of its sound together."
    ),
    "size_yields_apart": " The relations disagree: each of these excludes another, {intervals}.",
    "size_yield_of": "{interval} ({relation})",
    "size_charge": "If it was an explosion in the sea: {charges}, by the period of its bubble.",
    "size_charge_at": "{charge} of TNT at {depth:.0f} m",
    "list_or": "{first} or {last}",
    "list_and": "{first} and {last}",
    "size_at": "{author}, at {depth:.0f} km",
    "size_also": " Also {sizes}.",
    "size_others": " Other solutions of the event: {sizes}.",
    "size_more": "{sizes} and {n} more",
    "solution_this": "this solution",
    "solution_other": "another",
    "solution_depth": "{author}, {depth:.0f} km deep",
    "why_big_residual": "too far from its prediction",
    "why_unknown_phase": "no travel times for this phase",
    "why_not_identified": "no phase fits it",
    "why_unfit_depth_phase": "not a depth phase at this distance or of one station only",
    "why_no_such_phase_there": "the phase does not exist there",
    "why_surface_wave": "a surface wave does not locate",
    "why_depth_held": "the depth is held",
    "why_same_onset": "another reading of the same onset stands for it",
    "why_same_site": "a neighbour of the same site stands for it",
    "why_blocked_path": "land or the sea floor blocks its path",
    "why_late_arrival": "it came by way of a slope or an island",
    "why_other_path": "its name does not tell its path",
    "skip_line": "detections left out: {n}, of {stations}: {why}",
    "skip_more_stations": "{shown} and {more} more",
    "skip.unknown_station": (
        "no coordinates are known of the station; give them with --stations FILE"
    ),
    "skip.duplicate_id": "another detection has the same id",
    "skip.noise": "judged to be noise",
    "skip.refused_no_place": (
        "one event by their times, but these do not say where (no place, or an ellipse too long); "
        "add stations, or azimuths, or say how far away to look with --use regional or local"
    ),
    "skip.refused_misfit": "taken for one event, but no place fits their times within their errors",
    "skip.refused": "taken for one event, which no longer meets the event definition when located",
    "skip.phase": "{phase} is not used to find events",
    "depth_fixed": "Fixed at {depth:.0f} km ({reason}); the data do not determine it.",
    "depth_phases": "Fixed at {depth:.0f} km by depth phases.",
    "depth_free": "{depth:.1f} km.",
    "depth_sigma": "{depth:.1f} km, standard error {sigma:.1f} km ({reason}).",
    "depth_none": "Not determined.",
    "sure": (
        "The epicentre lies within {major:.1f} by {minor:.1f} km (half axes, long axis at "
        "{strike:.0f}° from north; {area:,.0f} km²) with {percent:.0f} % probability, if the "
        "stated errors are right."
    ),
    "sure_none": "No error ellipse was computed.",
    "evidence": (
        "{defining} observations at {stations}{kinds}; largest azimuthal gap {gap:.0f}°; "
        "rms of the time residuals {rms:.2f} s."
    ),
    "evidence_kind": "{name} {n}",
    "times": "times",
    "azimuths": "azimuths",
    "slownesses": "slownesses",
    "evidence_short": "{arrivals} arrivals at {stations}.",
    "n_stations": "{n} stations",
    "one_station": "1 station",
    "no_origin": "This event has no origin: nothing was located.",
    "no_screening": "The event was not screened.",
    "no_arrivals": "No arrivals are associated with this event.",
    "no_waveforms": "No recordings of this event were given to the report.",
    "q_where": "Where",
    "q_when": "When",
    "q_size": "How big",
    "q_depth": "How deep",
    "q_sure": "How sure",
    "q_evidence": "On what evidence",
    "q_screening": "Is it consistent with an earthquake",
    "col_station": "station",
    "col_phase": "phase",
    "col_distance": "distance (deg)",
    "col_distance_km": "distance (km)",
    "col_azimuth": "azimuth to event (deg)",
    "col_time": "time (UTC)",
    "col_residual": "residual (s)",
    "col_error": "error (s)",
    "col_azres": "azimuth residual (deg)",
    "col_slores": "slowness residual (s/deg)",
    "col_snr": "SNR",
    "col_used": "used",
    "col_type": "type",
    "col_value": "value",
    "col_sigma": "standard error",
    "col_stations": "stations",
    "col_bound": "bound",
    "col_author": "author",
    "col_solution": "solution",
    "col_note": "note",
    "col_size_residual": "residual",
    "col_criterion": "criterion",
    "col_verdict": "verdict",
    "col_score": "score",
    "col_reason": "reason",
    "yes": "●\u00a0{what}",
    "partly": "◐\u00a0{what}",
    "no": "○\u00a0no",
    "yield": "Yield, if it was an explosion",
    "yield_note": (
        "What the infrasound says of the size of an explosion there, in TNT. It does not say that "
        "the event was one. Of a chemical explosion all energy counts as blast, of others half."
    ),
    "cap_yields": "Each interval holds the yield in {percent} % of cases, if its relation holds.",
    "col_relation": "relation",
    "col_explosive": "explosive",
    "col_yield": "yield",
    "col_yield_median": "median",
    "col_winds": "winds",
    "sea": "Evidence in the sea",
    "q_sea": "What the sea says",
    "sea_note": (
        "Class H is sound like that of an explosion in the water, T that of an earthquake, N "
        "noise. Airguns and implosions resemble explosions, and make bubbles too. That no bubble "
        "is found proves nothing."
    ),
    "sea_class": "{what} (class {name}) at {n} of {stations}, with a probability {chance}.",
    "sea_chance": "of {p:.2f}",
    "sea_chances": "of {p:.2f} or more",
    "sea_sure": "above {p:.2f}",
    "sea_class.H": "Sound like that of an explosion in the water",
    "sea_class.T": "Sound like that of an earthquake",
    "sea_class.N": "Sound like noise",
    "sea_class_none": (
        "Heard at {stations}, as {phases} by the list of arrivals or by association; no "
        "probabilities of a class are given."
    ),
    "sea_bubble": "Bubble period {period}, at {stations}{agree}.",
    "sea_agree": ", which agree",
    "sea_other_bubbles": "Other periods at {stations}.",
    "sea_bubbles_differ": (
        "The bubble periods of the stations differ ({periods}): they are not of one bubble, so no "
        "charge is stated."
    ),
    "sea_bubble_none": "No bubble pulse was found, which proves nothing.",
    "sea_ghost": (
        "If the echo is that of the surface, the source was at least {depth:.0f} m deep."
    ),
    "sea_locus_note": (
        "From a bubble alone charge and depth cannot be had: each row is one depth, and the charge "
        "that makes the bubble there."
    ),
    "cap_sea": "{n} arrivals through the sea.",
    "cap_charges": "Charge by depth, from the least depth at which the bubble does not vent.",
    "col_chance_h": "H",
    "col_chance_t": "T",
    "col_chance_n": "N",
    "col_bubble": "bubble period (s)",
    "col_ghost": "ghost (s)",
    "col_pressure": "rms pressure",
    "col_band": "band (Hz)",
    "col_duration": "duration (s)",
    "col_seen_azimuth": "azimuth (deg)",
    "col_speed": "speed (m/s)",
    "col_depth_m": "depth (m)",
    "col_charge": "charge (TNT)",
    "col_charge_90": "90 % interval",
    "yield_between": "{low} to {high}",
    "yield_least": "at least {low}",
    "yield.kinney_graham": "amplitude: blast wave (Kinney & Graham 1985) and transmission",
    "yield.lanl": "amplitude: LANL, corrected for wind",
    "yield.stevens": "amplitude: Stevens et al. 2002",
    "yield.aftac": "period: AFTAC",
    "explosive.chemical": "chemical",
    "explosive.nuclear": "half of the energy blast",
    "winds.climatology": "of the season",
    "winds.profile": "of the given profile",
    "cap_arrivals": (
        "{n} arrivals in the order of distance; {used} help to locate, by their time (T), "
        "azimuth (A) or slowness (S)."
    ),
    "cap_magnitudes": "Network magnitudes.",
    "fold_stations": "Station magnitudes ({type})",
    "cap_stations": "Residual: that of the station less that of the network.",
    "cap_screening": (
        "Score: standard deviations from the criterion's line; positive speaks for an "
        "earthquake. Thresholds of version {version}."
    ),
    "verdict.screened_out": "●\u00a0screened\u00a0out",
    "verdict.not_screened_out": "▲\u00a0not\u00a0screened\u00a0out",
    "verdict.insufficient_data": "◇\u00a0insufficient\u00a0data",
    "verdict.not_considered": "○\u00a0not\u00a0considered",
    "criterion.ms_mb": "Ms:mb",
    "criterion.depth": "depth",
    "criterion.regional_ps": "regional P/S",
    "criterion.combined": "all together",
    "screening_note": (
        "Screened out means: consistent with a natural event at 97.5 %. Not screened out does "
        "not mean that it was an explosion; it means that these data do not rule one out."
    ),
    "map_note": (
        "Azimuthal equidistant about the epicentre. Coastlines and borders: Natural Earth; they "
        "state no position on any territory. The coverage ellipse follows from the stated errors "
        "of reading and model, the confidence ellipse from the scatter of the residuals alone, "
        "the k-weighted one from both."
    ),
    "p_software": "Software",
    "p_command": "Command",
    "p_model": "Earth model",
    "p_method": "Location method",
    "p_author": "Author of the origin",
    "p_analysis": "Analysis",
    "p_bulletin": "Bulletin",
    "p_written": "Written",
    "p_thresholds": "Screening thresholds",
    "method.geiger": "iterated weighted least squares (Geiger)",
    "analysis.a": "automatic, not reviewed",
    "analysis.m": "reviewed by a person",
    "analysis.g": "a guess",
    "depth_reason.default": "a default depth",
    "depth_reason.operator": "chosen by the operator",
    "depth_reason.surface": "the surface",
    "depth_reason.free": "free solution",
    "depth_reason.depth_phases": "from depth phases",
    "no_warnings": "None.",
    "remark": "{station} {phase} of {time}: {text}",
    "index_title": "Events",
    "index_link": "All events",
    "index_caption": (
        "{n} events in the order of time. Depth: f where it was held fixed; stations: those that "
        "locate."
    ),
    "index_none": "The bulletin holds no events.",
    "col_event": "event",
    "col_latitude": "latitude",
    "col_longitude": "longitude",
    "col_depth": "depth (km)",
    "col_magnitude": "magnitude",
    "col_region": "region",
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Sentences of one language.

    Examples
    --------
    >>> Catalogue()("size_below", type="mb", value=4.8)
    'mb below 4.80: no station measured it.'
    """

    language: str = "en"
    direction: str = "ltr"
    words: Mapping[str, str] = field(default_factory=dict)
    """Codes that differ from the English ones; what is missing stays English."""

    def __call__(self, code: str, **params: str | float) -> str:
        """Return the sentence of a code."""
        return self._template(code).format_map(params)

    def get(self, code: str, otherwise: str) -> str:
        """Return the sentence of a code without parameters, or another text."""
        return self.words.get(code, ENGLISH.get(code, otherwise))

    def screening(self, code: str, params: Mapping[str, str | float], english: str) -> str:
        """Return the sentence of a screening answer; its own English where none is known."""
        template = self.words.get(code, SENTENCES.get(code))
        if template is None:
            return english
        try:
            return template.format_map(dict(params))
        except (KeyError, ValueError, IndexError):
            # A record from elsewhere may carry other parameters under the same code.
            return english

    def _template(self, code: str) -> str:
        return self.words.get(code) or ENGLISH[code]
