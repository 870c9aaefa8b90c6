"""Floor 5: the daily plan, from one step in Pyomo to ranked goals solved by HiGHS."""
