"""Alerts as messages of the Common Alerting Protocol."""
