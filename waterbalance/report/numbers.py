"""The ranges of a plan's numbers in words: what to look at when units seem wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waterbalance.network.network import Network
    from waterbalance.plan.numbers import Numbers, Range
    from waterbalance.report.language import Wording


def number_lines(numbers: Numbers, network: Network, say: Wording) -> list[str]:
    """Size of the program, ranges before and after scaling, and the smallest and largest amount."""
    counted = {name: say.number(getattr(numbers, name), 0) for name in ("rows", "columns", "entries", "switches")}
    lines = [say("numbers.size", **counted), say("numbers.scale", scale=f"{numbers.scale:g}")]
    for name in ("entries", "bounds", "sides"):
        before, after = _range(getattr(numbers.before, name)), _range(getattr(numbers.after, name))
        lines.append(say(f"numbers.{name}", before=before, after=after))
    for word, (component, quantity, size) in (("smallest", numbers.smallest), ("largest", numbers.largest)):
        name = say.name(network, component)
        lines.append(say(f"numbers.{word}", component=name, quantity=say.quantity(quantity), size=f"{size:g}"))
    lines.append(say("numbers.spread", spread=f"{numbers.spread:.3g}"))
    return lines


def _range(sizes: Range) -> str:
    return f"{sizes.least:.3g} – {sizes.most:.3g}"
