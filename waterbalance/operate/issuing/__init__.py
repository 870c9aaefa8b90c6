"""From an approved plan to devices that have confirmed."""
