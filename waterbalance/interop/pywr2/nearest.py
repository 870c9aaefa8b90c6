"""What has no counterpart, and the nearest thing that a scenario can have in its place."""

from collections.abc import Mapping

_TABLE = "Work its values out elsewhere and give them as a table: a parameter of kind 'series'."
_OTHER = "It stands for one that another file defines; put that in its place."

NEAREST: Mapping[str, str] = {
    "python": _TABLE,
    "asymmetricswitchindex": "The nearest is 'threshold' or 'control_curve_index', which do not remember.",
    "delayindex": "The nearest is 'flow_before', or a table of values moved by so many steps.",
    "rollingindex": "The nearest is 'mean_flow'.",
    "placeholder": _OTHER,
}
"""Type of a parameter in small letters -> the nearest thing."""

_WITH_WINDOW = "The nearest is a VirtualStorage with a 'window', such as {type: Timesteps, timesteps: 30}."
_FILLED_AGAIN = "The nearest is a VirtualStorage with a 'reset'."

NEAREST_NODES: Mapping[str, str] = {
    "placeholder": _OTHER,
    "rollingvirtualstorage": _WITH_WINDOW,
    "annualvirtualstorage": _FILLED_AGAIN,
    "monthlyvirtualstorage": _FILLED_AGAIN,
    "seasonalvirtualstorage": _FILLED_AGAIN,
}
"""Type of a node in small letters -> the nearest thing."""

MUSKINGUM = "The nearest is a 'river_reach' with one travel time and a weighting of at most 0.5."
REMEMBERS = "The nearest is the same without 'ratchet'."
