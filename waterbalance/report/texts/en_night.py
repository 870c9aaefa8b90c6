"""English: the nightly job."""

from waterbalance.report.texts.en_night_page import NIGHT_PAGE

NIGHT = {
    "night.stage.observe": "Asking the sources ...",
    "night.stage.open": "Opening the day ...",
    "night.stage.forecast": "Forecasting ...",
    "night.stage.plan": "Planning ...",
    "night.stage.record": "Keeping the run ...",
    "night.stage.issue": "Issuing ...",
    "night.stage.report": "Writing the report ...",
    "night.outcome.sent": "orders are confirmed ({commands} new)",
    "night.outcome.unconfirmed": "orders are issued; {devices} devices have not confirmed yet",
    "night.outcome.waiting": "the plan waits for approval; devices keep to what they were told before",
    "night.outcome.rehearsed": "planned; the configuration does not send",
    "night.outcome.past": "planned; nothing is issued for a day that is over",
    "night.outcome.remainder": "NO PLAN: what is left of the last one was issued ({commands} new)",
    "night.outcome.fallback": "NO PLAN: the declared fallback was issued ({commands} new)",
    "night.outcome.nothing": "NO PLAN, AND NOTHING WAS ISSUED",
    "night.told": "{name}, {day}: {outcome} (rung {rung})",
    "night.told.no_plan": "{name}, {day}: {outcome}",
    "sound.nightly": "{name} fits it; sources: {sources}.",
    "finding.place": "{place}: {what}",
    "finding.found": "{what}; found {found}",
    "finding.allowed": "{what}; allowed: {allowed}",
    "finding.remedy": "{what}. {remedy}",
    **NIGHT_PAGE,
}
