"""One file per type of rule; the contract is in `network/component.py`."""
