"""Every kind that the released Pywr registers is read here, or has the nearest counterpart named."""

import pytest

from waterbalance.interop.pywr.compound_nodes import COMPOUND_KINDS
from waterbalance.interop.pywr.nearest import NEAREST, NEAREST_NODES
from waterbalance.interop.pywr.nodes import KINDS as NODES
from waterbalance.interop.pywr.nodes_by_name import ACCOUNTS, GROUPS
from waterbalance.interop.pywr.parameter_kinds import PARAMETER_KINDS
from waterbalance.interop.pywr.state_kinds import STATE_KINDS

PARAMETERS = """
aggregatedindex aggregated annualexponentiallicense annualharmonicseries annualhyperbolalicense annuallicense arrayindexed
arrayindexedscenariomonthlyfactors arrayindexedscenario binarystep constant constantscenarioindex constantscenario
controlcurveindex controlcurveinterpolated controlcurve controlcurvepiecewiseinterpolated currentordinaldaythreshold
currentyearthreshold dailyprofile dataframe deficit discountfactor division flowdelay flow function hydropowertarget
indexedarray interpolatedflow interpolated interpolatedquadrature interpolatedvolume logistic max min monthlyprofile
multiplethresholdindex multiplethresholdparameterindex negativemax negativemin negative nodethreshold offset
othermodelnodeflow othermodelnodestorage othermodelparametervalue parameterthreshold piecewiseintegral polynomial1d
polynomial2dstorage rbfprofile recorderthreshold rectifier rollingmeanflownode scaledprofile scenariodailyprofile
scenariomonthlyprofile scenarioweeklyprofile scenariowrapper storagelicense storage storagethreshold tablesarray
timesteplicense uniformdrawdownprofile weeklyprofile weightedaverageprofile
"""
"""Of the registry of Pywr 1.31.1, without its abstract classes; a `parameter` at the end may be left out."""

NODE_TYPES = """
aggregatednode aggregatedstorage annualvirtualstorage breaklink catchment delaynode discharge input link losslink
monthlyvirtualstorage multisplitlink output piecewiselink reservoir river rivergauge riversplit riversplitwithgauge
rollingvirtualstorage seasonalvirtualstorage shadownode shadowstorage storage virtualstorage
"""


@pytest.mark.parametrize("kind", PARAMETERS.split())
def test_a_parameter_is_read_or_has_a_nearest(kind: str) -> None:
    assert (kind in PARAMETER_KINDS or kind in STATE_KINDS) != (kind in NEAREST)


@pytest.mark.parametrize("kind", NODE_TYPES.split())
def test_a_node_is_read_or_has_a_nearest(kind: str) -> None:
    assert (kind in {*NODES, *COMPOUND_KINDS} or kind in ACCOUNTS | GROUPS) != (kind in NEAREST_NODES)
