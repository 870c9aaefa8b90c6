"""The words in which a component checks a finished plan: plain numpy, one value a step, no model.

All volumes are [m3] over the step, all arrays have shape (steps,). Double entry: what a canal takes from its source and
brings to its target is booked at both places, and the audit adds up every place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.component import Component
    from waterbalance.network.step import Window


class Ledger(Protocol):
    """A finished plan as a component may read it, and the book that the audit keeps."""

    horizon: Horizon

    passes: int
    """How many times the plan has been made until now; components that revise their givens turn careful after some."""

    def value(self, component: Component | str, quantity: str) -> Floats:
        """What the plan says. A quantity that the plan lacks is a finding, and zeros come back."""
        ...

    def has(self, component: Component | str, quantity: str) -> bool:
        """Whether the plan says such a quantity at all."""
        ...

    def given(self, component: Component | str, name: str) -> Floats:
        """The given that the plan was made with, over the step like in `Step.given`; infinite where unlimited."""
        ...

    def given_earlier(self, component: Component | str, name: str) -> Floats | None:
        """The given of the pass before, for values that are revised from pass to pass; None in the first pass."""
        ...

    def before(self, component: Component | str, quantity: str) -> Floats:
        """A stock at the start of every step, the opening state first; a flow over the step before, the last day first."""
        ...

    def component(self, name: str) -> Component:
        """A component that another one speaks about, to read its fields."""
        ...

    def takers(self, place: str) -> tuple[Component, ...]:
        """Components that name a place as their source."""
        ...

    def user_class(self, component: str) -> str | None:
        """The user class of a component that a rule speaks about; None for what is no user."""
        ...

    def delayed(self, component: Component | str, quantity: str, travel_time: float) -> Floats:
        """What entered `travel_time` [day] ago, by interpolation of the cumulative volume."""
        ...

    def total(self, component: Component | str, quantity: str, window: Window) -> Floats:
        """The sum over a window that ends with each step, history included."""
        ...

    def recent(
        self, component: Component | str, quantity: str, days: float, *, switch: str | None = None, left_at: float = 1.0
    ) -> Floats:
        """The sum over all steps that began less than `days` [day] before each one, itself and history included.

        With `switch`, a quantity of the same component, history counts as in `Flow.recent`.
        """
        ...

    def equal(self, component: Component, what: str, found: Floats, expected: Floats) -> None:
        """Complain at every step where `found` differs from `expected` by more than the tolerance."""
        ...

    def within(self, component: Component, what: str, found: Floats, lower: Floats | float, upper: Floats | float) -> None:
        """Complain at every step where `found` lies outside of its limits by more than the tolerance."""
        ...

    def whole(self, component: Component, what: str, found: Floats, *, season: bool = False) -> None:
        """Complain at every step where a switch is neither 0 nor 1; later steps count for a `season`'s decision only."""
        ...

    def gains(self, place: Component | str, amount: Floats) -> None:
        """Book water that comes to a place."""
        ...

    def loses(self, place: Component | str, amount: Floats) -> None:
        """Book water that leaves a place."""
        ...

    def adds(self, component: Component | str, name: str, amount: Floats) -> None:
        """Book what a rule adds to a number of a component."""
        ...

    def added(self, component: Component, name: str) -> Floats:
        """Sum of what rules have added to a number of a component (complete in the last pass)."""
        ...

    def stores(self, place: Component, storage: Floats, before: Floats) -> None:
        """Book a change in storage of a place."""
        ...

    def brought(self, place: Component) -> Floats:
        """Sum of what components other than the place itself have booked as gains there (complete in the last pass)."""
        ...

    def taken(self, place: Component) -> Floats:
        """Sum of what components other than the place itself have booked as losses there (complete in the last pass)."""
        ...
