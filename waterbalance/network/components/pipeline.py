"""A pipe under pressure, perhaps one that can be run either way."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import model_validator

from waterbalance.network.component import Component
from waterbalance.network.fields import Downstream, FlowRate, Fraction, Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Flow, Step


class Pipeline(Component):
    """A pipe that brings water within the step, less its leakage.

    outflow = (1 - leakage) x inflow
    reverse_outflow = (1 - leakage) x reverse_inflow
    inflow <= capacity, reverse_inflow <= reverse_capacity
    throughput = inflow + reverse_inflow

    and, where only one_way_at_a_time is allowed,

    inflow <= capacity x direction
    reverse_inflow <= reverse_capacity x (1 - direction)

    The reverse flow, from target to source, exists where the pipe is two_way. Nothing but the leakage and a goal for
    little throughput keeps a plan from running both ways in one step; over a step of several days both may really happen.
    Where it may not, `one_way_at_a_time` adds the switch `direction` (1 from source to target): whole in the first days,
    and in later steps the share of the step in which the water runs that way.
    """

    varying: ClassVar[tuple[str, ...]] = ("capacity", "reverse_capacity")
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity", "reverse_capacity")

    source: Upstream
    """Where the pipe takes its water."""

    target: Downstream
    """Where the pipe brings its water."""

    capacity: FlowRate | None = None
    """Most that can enter at the source; unlimited when left out. [m3/day]"""

    leakage: Fraction = 0.0
    """Share of the water that leaks on the way. [-]"""

    two_way: bool = False
    """Whether the pipe can also bring water from target to source."""

    reverse_capacity: FlowRate | None = None
    """Most that can enter at the target of a two-way pipe; unlimited when left out. [m3/day]"""

    one_way_at_a_time: bool = False
    """Whether a two-way pipe runs one way only in each step."""

    @model_validator(mode="after")
    def _a_pipe_that_is_turned_has_two_ways_and_two_capacities(self) -> Self:
        if self.one_way_at_a_time and not self.two_way:
            raise ValueError("one_way_at_a_time is asked for, but the pipe is not two_way; write two_way: true or leave it out")
        if self.one_way_at_a_time and (self.capacity is None or self.reverse_capacity is None):
            raise ValueError("a pipe with one_way_at_a_time needs a capacity and a reverse_capacity")
        return self

    @model_validator(mode="after")
    def _only_a_two_way_pipe_has_a_reverse_capacity(self) -> Self:
        if self.reverse_capacity is not None and not self.two_way:
            raise ValueError("reverse_capacity is given, but the pipe is not two_way; write two_way: true or leave it out")
        return self

    def neighbours(self) -> Iterator[tuple[str, str, str]]:
        """A two-way pipe takes and brings at both ends."""
        yield from super().neighbours()
        if self.two_way:
            yield "target", "upstream", self.target
            yield "source", "downstream", self.source

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        inflow = step.flow(self, "inflow", upper=step.given(self, "capacity"))
        step.loss(self, "inflow", inflow, at=self.source)
        step.gain(self, "outflow", (1 - self.leakage) * inflow, at=self.target)
        throughput = inflow
        if self.two_way:
            reverse_inflow = step.flow(self, "reverse_inflow", upper=step.given(self, "reverse_capacity"))
            step.loss(self, "reverse_inflow", reverse_inflow, at=self.target)
            step.gain(self, "reverse_outflow", (1 - self.leakage) * reverse_inflow, at=self.source)
            throughput = inflow + reverse_inflow
            if self.one_way_at_a_time:
                self._turn(step, inflow, reverse_inflow)
        step.measure(self, "throughput", throughput)
        step.measure(self, "leakage", self.leakage * throughput)

    def _turn(self, step: Step, inflow: Flow, reverse_inflow: Flow) -> None:
        """Either one way or the other."""
        direction, reverse_capacity = step.switch(self, "direction"), step.given(self, "reverse_capacity")
        step.constraint(self, "forwards", inflow <= step.given(self, "capacity") * direction)
        step.constraint(self, "backwards", reverse_inflow <= reverse_capacity - reverse_capacity * direction)

    def check(self, ledger: Ledger) -> None:
        """Capacity and leakage of each direction, and whether it is the only one."""
        entered = self._check_direction(ledger, "", self.source, self.target)
        if self.two_way:
            if self.one_way_at_a_time:
                self._check_turn(ledger)
            entered = entered + self._check_direction(ledger, "reverse_", self.target, self.source)
        ledger.equal(self, "throughput", ledger.value(self, "throughput"), entered)
        ledger.equal(self, "leakage", ledger.value(self, "leakage"), self.leakage * entered)

    def _check_turn(self, ledger: Ledger) -> None:
        """While the pipe runs one way nothing runs the other way, but for what a relaxed direction shares out."""
        direction = ledger.value(self, "direction")
        ledger.whole(self, "direction", direction)
        ledger.within(self, "direction", direction, 0.0, 1.0)
        forwards, backwards = direction * ledger.given(self, "capacity"), (1 - direction) * ledger.given(self, "reverse_capacity")
        ledger.within(self, "inflow", ledger.value(self, "inflow"), 0.0, forwards)
        ledger.within(self, "reverse_inflow", ledger.value(self, "reverse_inflow"), 0.0, backwards)

    def _check_direction(self, ledger: Ledger, direction: str, start: str, end: str) -> Floats:
        """Check and book one direction; what entered the pipe."""
        inflow, outflow = ledger.value(self, f"{direction}inflow"), ledger.value(self, f"{direction}outflow")
        ledger.within(self, f"{direction}inflow", inflow, 0.0, ledger.given(self, f"{direction}capacity"))
        ledger.equal(self, f"{direction}outflow", outflow, inflow - self.leakage * inflow)
        ledger.loses(start, inflow)
        ledger.gains(end, outflow)
        return inflow
