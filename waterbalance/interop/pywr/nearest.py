"""What has no counterpart, and the nearest thing that a scenario can have in its place."""

from collections.abc import Mapping

_TABLE = "Work its values out elsewhere and give them as a table: a parameter of kind 'series'."
_LINE = "The nearest is 'interpolated', on lines between points."
_OTHER = "Models are carried over one by one; give what the other model told as a table."
_COUNT = "The nearest is 'multiplethresholdparameterindex'."

NEAREST: Mapping[str, str] = {
    "interpolatedquadrature": _LINE,
    "piecewiseintegral": _LINE,
    "polynomial2dstorage": "The nearest is 'polynomial' of one variable, or 'aggregated' of several.",
    "recorderthreshold": "Recorders tell nothing to parameters here; use a 'threshold' of a flow, a storage or a parameter.",
    "multiplethresholdindex": _COUNT,
    "storagelicense": "The nearest is a flow_account that is never filled again.",
    "annualexponentiallicense": "The nearest is 'annual_licence', which spreads what is left evenly.",
    "annualhyperbolalicense": "The nearest is 'annual_licence', which spreads what is left evenly.",
    "keatingstreamflow": "The nearest is the component 'aquifer'.",
    "function": _TABLE,
    "othermodelparametervalue": _OTHER,
    "othermodelindexparametervalue": _OTHER,
    "othermodelnodeflow": _OTHER,
    "othermodelnodestorage": _OTHER,
}
"""Type of a parameter in small letters -> the nearest thing."""

NEAREST_NODES: Mapping[str, str] = {
    "keatingaquifer": "The nearest is the component 'aquifer'.",
    "shadownode": "It shows a node of another model; name that node.",
    "shadowstorage": "It shows a storage of another model; name that storage.",
}
