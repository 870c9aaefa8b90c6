"""The series of members: givens that factors change, directly or by the parameters that set them.

given of member k = (what the parameters of member k set, or the common value) x factor of the quantity in member k
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, InputError
from waterbalance.network.service import in_service
from waterbalance.parameter.moments import Moments
from waterbalance.parameter.parameter import names_in
from waterbalance.scenario.set_values import amounts_of
from waterbalance.scenario.wording import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.optimise.compile import CompiledStep
    from waterbalance.optimise.step import Key
    from waterbalance.parameter.parameter import Argument
    from waterbalance.parameter.parameters import Parameters
    from waterbalance.scenario.members import Members
    from waterbalance.scenario.scenario import Scenario


def require_members(scenario: Scenario, step: CompiledStep, members: Members) -> None:
    """Raise `InputError` where factors are of what does not exist, or of what the state moves."""
    parameters, findings = scenario.parameters, []
    quantities = [".".join(key) for key in step.givens if key not in step.derived and key[0] in scenario.network]
    everything = {**{".".join(key): each for key, each in parameters.sets.items()}, **parameters.named}
    for name in members.factors:
        if name in parameters.named:
            moving = [
                key
                for key, each in everything.items()
                if parameters.moves(each) and (key == name or rests_on(parameters, each, name))
            ]
            if moving:
                what, remedy = f"the factor of {name} changes what a state moves", "Name the quantities that the parameters set."
                findings.append(Finding(what, found=listed(moving), allowed="parameters of the calendar alone", remedy=remedy))
        elif name not in quantities:
            known = [*parameters.named, *quantities]
            what, remedy = (
                f"there is no series {name!r} to multiply",
                nearest(name, known, "Name a parameter, or component.quantity."),
            )
            findings.append(Finding(what, found=name, allowed=listed(known), remedy=remedy))
    if findings:
        raise InputError("the members do not fit the scenario", tuple(findings))


class OfMember(Moments):
    """The steps as the parameters of one member see them: what rests on no factor is that of all."""

    def __init__(self, together: Moments, factors: Mapping[str, float], changed: Collection[str]) -> None:
        """`together` sees what all have in common; `changed` are the parameters that rest on those with `factors`."""
        super().__init__(together.each, together.parameters)
        self._known = {name: together.values(name) * factor for name, factor in factors.items()}
        self._together, self._changed = together, changed

    def _named(self, name: str) -> Floats:
        return super()._named(name) if name in self._changed else self._together.values(name)


def moments_of_members(parameters: Parameters, together: Moments, members: Members) -> list[OfMember]:
    """One for each member."""
    names = [name for name in members.factors if name in parameters.named]
    changed = frozenset(
        each for each in parameters.named if any(each == name or rests_on(parameters, each, name) for name in names)
    )
    return [
        OfMember(together, {name: float(members.factors[name][member]) for name in names}, changed)
        for member in range(len(members))
    ]


def factor_of(parameters: Parameters, key: Key, members: Members) -> Floats:
    """What a quantity itself is multiplied by, shape (members,)."""
    name = ".".join(key)
    return members.factors[name] if name in members.factors and name not in parameters.named else np.ones(len(members))


def varied_series(
    scenario: Scenario, horizon: Horizon, of_members: Sequence[Moments], common: Mapping[Key, Floats], members: Members
) -> dict[Key, Floats]:
    """Those of the `common` series that are not the same in all members, shape (steps, members) each."""
    network, parameters, found = scenario.network, scenario.parameters, {}
    for key, values in common.items():
        argument, factor = parameters.sets.get(key), factor_of(parameters, key, members)
        if argument is not None and any(rests_on(parameters, argument, name) for name in members.factors):
            own = np.array([amounts_of(network, key, argument, moments) for moments in of_members]).T
            if key[1] in type(network[key[0]]).idle_zero:
                own = own * in_service(network[key[0]], horizon)[:, None]
            found[key] = own * factor
        elif (factor != 1.0).any():
            if not np.isfinite(values).all():
                raise InputError(f"the factor of {'.'.join(key)} multiplies what is unlimited; give the quantity a value first")
            found[key] = values[:, None] * factor
    return found


def rests_on(parameters: Parameters, argument: Argument, name: str) -> bool:
    """Whether a named parameter is a part of an argument, however deep."""
    return any(each == name or rests_on(parameters, parameters.named[each], name) for each in names_in(argument))


def derived_from(keys: Collection[Key], step: CompiledStep) -> tuple[Key, ...]:
    """Givens that are derived from some, each behind those that it is derived from."""
    found: dict[Key, bool] = dict.fromkeys(keys, True)

    def moves(key: Key) -> bool:
        if key not in found:
            arguments = step.derived[key].arguments if key in step.derived else ()
            found[key] = any(map(moves, arguments))
        return found[key]

    for key in step.derived:
        moves(key)
    return tuple(key for key, moved in found.items() if moved and key in step.derived)
