"""English words for quantities whose own names are those of equations."""

TERMS = {
    "may_move": "a move of",
    "may_run": "running of",
    "moves_within": "the number of moves that a crew can make",
    "moves_beyond": "moves beyond the crew's",
    "running_together": "the number that may run together",
    "minimum_up_time_when_back": "minimum up time after an outage",
    "out_of_service": "outage",
}
