"""Lights in words: the stage, its change since last night, and the reason, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.network.rules._drought_stages import _DroughtStages
from waterbalance.report.drought_light import LIGHTS

if TYPE_CHECKING:
    from waterbalance.network.network import Network
    from waterbalance.report.language import Wording
    from waterbalance.report.lights import AreaLights, Spell


def stage_words(say: Wording, spell: Spell) -> str:
    """The light in words; a stage that is called otherwise keeps its own name."""
    return say.printable(say.known("light", spell.stage))


def change_words(say: Wording, lights: AreaLights, network: Network) -> str:
    """From which light to which since last night."""
    today = stage_words(say, lights.today)
    if lights.before is None:
        return say("lights.first", light=today, date=say.date(str(lights.today.first)))
    key = "lights.same" if lights.change == 0 else "lights.worse" if lights.change > 0 else "lights.better"
    rule = network[lights.area]
    name = rule.stages[lights.before].name if isinstance(rule, _DroughtStages) else LIGHTS[lights.before]
    before = say.printable(say.known("light", name))
    return say(key, before=before, light=today, date=say.date(str(lights.today.first)))


def reason_words(say: Wording, lights: AreaLights, spell: Spell, network: Network) -> str:
    """Which storage stands against which curve on which day, or what else decides."""
    if spell.stored is None or spell.limit is None:
        return say(f"lights.because.{spell.because}")
    return say(
        f"lights.because.{spell.because}",
        reservoirs=say("alert.and").join(say.name(network, name) for name in lights.reservoirs),
        date=say.date(str(spell.first)),
        stored=say.volume(spell.stored),
        limit=say.volume(spell.limit),
        curve=_curve(say, spell),
    )


def _curve(say: Wording, spell: Spell) -> str:
    parts = (
        say.quantity(name) if share == 1.0 else say("lights.share", share=say.percent(share, 0), curve=say.quantity(name))
        for name, share in spell.shares.items()
    )
    return say("lights.plus").join(parts)
