"""Floor 1: arrays in, outcome out (HiGHS)."""
