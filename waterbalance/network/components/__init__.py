"""One file per type of component; the contract is in `network/component.py`."""
