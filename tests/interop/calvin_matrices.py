"""Small link matrices in CALVIN's form, and the shared ones."""

from pathlib import Path

from shared_data import SHARED

CASES = SHARED / "cases" / "calvin"
HEADER = "i,j,k,cost,amplitude,lower_bound,upper_bound"

LAKE = (
    "SOURCE,INITIAL,0,0,1,0,1000000000000",
    "INITIAL,SR_L.2001-01-31,0,0,1,100,100",
    "SOURCE,INFLOW.2001-01-31,0,0,1,0,1000000000000",
    "SOURCE,INFLOW.2001-02-28,0,0,1,0,1000000000000",
    "INFLOW.2001-01-31,SR_L.2001-01-31,0,0,1,20,20",
    "INFLOW.2001-02-28,SR_L.2001-02-28,0,0,1,10,10",
    "SR_L.2001-01-31,SR_L.2001-02-28,0,0,0.9,0,80",
    "SR_L.2001-02-28,FINAL,0,0,1,30,1000000000000",
    "FINAL,SINK,0,0,1,0,1000000000000",
    "SR_L.2001-01-31,TOWN.2001-01-31,0,-5,0.8,0,20",
    "SR_L.2001-01-31,TOWN.2001-01-31,1,-2,0.8,0,40",
    "SR_L.2001-02-28,TOWN.2001-02-28,0,-5,0.8,0,20",
    "SR_L.2001-02-28,TOWN.2001-02-28,1,-3,0.8,0,40",
    "TOWN.2001-01-31,SINK.2001-01-31,0,0,1,0,1000000000000",
    "TOWN.2001-02-28,SINK.2001-02-28,0,0,1,0,1000000000000",
    "SINK.2001-01-31,SINK,0,0,1,0,1000000000000",
    "SINK.2001-02-28,SINK,0,0,1,0,1000000000000",
)
"""A lake of 100 with inflows of 20 and 10, a canal that loses a fifth, a tenth of the stored that evaporates, 30 kept at the end.

By hand. A unit kept in January becomes 0.9 in February. By the first piece it brings 0.9 x 0.8 x 5 = 3.6 there, by the second
0.9 x 0.8 x 3 = 2.16; taken in January it brings 0.8 x 5 = 4, then 0.8 x 2 = 1.6. So both first pieces are full (20 each, for
which 25 leave), and the rest of January's water, 120 - 25 = 95, is kept as far as it can be: 80 arrive, for which 88.889 leave.
The other 6.111 go to January's second piece, 4.889 arrive. In February 80 + 10 - 30 - 25 = 35 are left for the second piece: 28.
Cost: -5 x 40 - 2 x 4.889 - 3 x 28 = -293.778. A unit more in January brings 1.6, in February 0.8 x 3 = 2.4.
"""

LEAST_COST = -5 * 40 - 2 * 0.8 * (120 - 25 - 80 / 0.9) - 3 * 28


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """A matrix as a file."""
    path = folder / "matrix.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path
