"""What HiGHS's words for the end of a run mean here."""

from __future__ import annotations

import highspy

from waterbalance.solver.outcome import Have, Stop

STOPS = {
    highspy.HighsModelStatus.kOptimal: Stop.FINISHED,
    highspy.HighsModelStatus.kInfeasible: Stop.FINISHED,
    highspy.HighsModelStatus.kUnbounded: Stop.FINISHED,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: Stop.FINISHED,
    highspy.HighsModelStatus.kModelEmpty: Stop.FINISHED,
    highspy.HighsModelStatus.kTimeLimit: Stop.TIME_LIMIT,
    highspy.HighsModelStatus.kIterationLimit: Stop.WORK_LIMIT,
    highspy.HighsModelStatus.kSolutionLimit: Stop.WORK_LIMIT,
}
SETTLED = {status for status, stop in STOPS.items() if stop is Stop.FINISHED}
HAVES = {
    highspy.HighsModelStatus.kOptimal: Have.OPTIMUM,
    highspy.HighsModelStatus.kModelEmpty: Have.OPTIMUM,
    highspy.HighsModelStatus.kInfeasible: Have.INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: Have.UNBOUNDED,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: Have.UNBOUNDED,
}

DOUBTFUL = {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}
"""The presolve of HiGHS 1.15.1 finds some programs infeasible that are not; only a run without it tells."""
