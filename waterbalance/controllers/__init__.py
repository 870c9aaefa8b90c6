"""Floor 7: the devices at gates, pumps and valves. One file a protocol; all of them keep the contract of `controller`."""
