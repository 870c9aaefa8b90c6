"""Members side by side are what each is alone, with tables of its own."""

import csv
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from commands import run
from operate.test_stepwise import FIRST, LAST, written
from waterbalance.errors import InputError, NoPlanError, UsageError
from waterbalance.operate import members as room
from waterbalance.operate.members import simulate_members
from waterbalance.operate.members_into import simulate_members_into
from waterbalance.operate.roll import simulate
from waterbalance.scenario.members import Members, read_members

FACTORS = {
    "season": np.array([0.5, 1.0, 1.3, 0.0, 2.0]),
    "town.maximum_flow": np.array([1.0, 1.0, 0.7, 1.4, 1.1]),
    "licence.refill": np.array([1.0, 1.0, 0.8, 1.0, 1.2]),
}
