"""Observations in: what each agency, folder or server has measured, as readings of days."""
