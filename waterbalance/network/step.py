"""The words in which a component may say what happens in one step.

Everything is a volume over the step [m3], whatever the step's length. Expressions add, subtract and multiply with
numbers; a given may multiply a column, but two columns may not be multiplied, nor two givens (use `derived`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from waterbalance.network.season import Season

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component

Expression = Any
"""A linear expression of columns and givens; also what a comparison of two of them gives."""

Window = float | Literal["month", "year", "season"] | Season
"""How far back `total` looks: a number of days (rolling), the start of the calendar month, year or half-year season, or the
part of a season of one's own that has passed: what flows outside of it does not count."""


class Flow(Protocol):
    """A column of the step: arithmetic like a number, and links to other steps."""

    @property
    def before(self) -> Expression:
        """Its value in the step before; for the first step the state's: a stock as observed, a flow over the day before."""
        ...

    def delayed(self, travel_time: float) -> Expression:
        """What entered `travel_time` [day] ago: water under way arrives, exactly for steps of unequal length."""
        ...

    def total(self, window: Window) -> Expression:
        """The sum over a window that ends with this step, history included."""
        ...

    def recent(self, days: float, *, switch: Flow | None = None, left_at: float = 1.0) -> Expression:
        """The sum over all steps that began less than `days` [day] before this one, itself included: what starts last.

        With `switch`, of what happened before the plan only the last counts, and only if the switch still is `left_at`.
        """
        ...

    def __add__(self, other: Expression) -> Expression: ...
    def __radd__(self, other: Expression) -> Expression: ...
    def __sub__(self, other: Expression) -> Expression: ...
    def __rsub__(self, other: Expression) -> Expression: ...
    def __mul__(self, other: Expression) -> Expression: ...
    def __rmul__(self, other: Expression) -> Expression: ...
    def __neg__(self) -> Expression: ...
    def __le__(self, other: Expression) -> Expression: ...
    def __ge__(self, other: Expression) -> Expression: ...


class Stock(Flow, Protocol):
    """A column that is carried over from step to step: what the place holds at the end of the step."""


class Step(Protocol):
    """One step of one network."""

    @property
    def days(self) -> Expression:
        """A given: the length of the step, in [day]."""
        ...

    @property
    def days_before(self) -> Expression:
        """A given: the length of the step before, one day before the first, in [day]."""
        ...

    def stock(self, component: Component, name: str, *, lower: Expression = 0.0, upper: Expression = None) -> Stock:
        """What a component holds at the end of the step. Bounds may be givens."""
        ...

    def flow(
        self,
        component: Component,
        name: str,
        *,
        lower: Expression = 0.0,
        upper: Expression = None,
        number: bool = False,
        unit: str | None = None,
    ) -> Flow:
        """A volume that may be chosen. Bounds may be givens; `lower=None` lets it be negative.

        `number` tells that it is no volume but days, starts or shares: the solver then does not scale it. `unit` is for what
        is no flow over the step: `m3` for an amount at its end or over a window, `m3/day` for a rate, `day` for days.
        """
        ...

    def switch(self, component: Component, name: str, *, season: bool = False) -> Flow:
        """Off or on, 0 or 1: decided in the first days and relaxed later, or, a `season`'s decision, at every step."""
        ...

    def given(self, component: Component | str, name: str) -> Expression:
        """A value that the plan takes as it is: from the forecasts and tables, else from the component's field.

        A flow, rate or depth per day arrives as its amount over the step. A rule may name another component.
        """
        ...

    def derived(self, component: Component, name: str, function: Callable[..., Floats], *givens: Expression) -> Expression:
        """A given computed from other givens, in numpy over all steps: products, quotients, thresholds."""
        ...

    def gain(self, component: Component, name: str, expression: Expression, *, at: str | None = None) -> None:
        """Water that comes to `at` (by default the component itself)."""
        ...

    def loss(self, component: Component, name: str, expression: Expression, *, at: str | None = None) -> None:
        """Water that leaves `at` (by default the component itself)."""
        ...

    def arriving(self, component: Component, name: str, *, upper: Expression = None) -> Flow:
        """The sum of all water that others bring here, as one column with a name."""
        ...

    def leaving(self, component: Component, name: str, *, upper: Expression = None) -> Flow:
        """The sum of all water that others take from here, as one column with a name."""
        ...

    def added(self, component: Component, name: str) -> Flow:
        """A number, as a column with a name, that is the sum of what is added to it: by rules, which speak last."""
        ...

    def add(self, component: Component, name: str, expression: Expression, *, to: str) -> None:
        """Add to a number that a component, `to`, has declared with `added`."""
        ...

    def constraint(self, component: Component, name: str, relation: Expression) -> None:
        """A relation that must hold."""
        ...

    def measure(self, component: Component, name: str, expression: Expression, *, unit: str = "m3") -> None:
        """A quantity that policies may rank and reports show; it limits nothing. `unit` is its unit over the step."""
        ...

    def of(self, component: str, quantity: str) -> Flow:
        """A column that another component has declared: what rules speak about."""
        ...

    def has(self, component: str, quantity: str) -> bool:
        """Whether another component has declared such a column: a canal without switches is neither on nor off."""
        ...

    def reading(self, component: str, quantity: str) -> Expression:
        """Like `of`, and also what another component has said of its gains, losses and measures; without links."""
        ...

    def user_class(self, component: str) -> str | None:
        """The user class of a component that a rule speaks about; None for what is no user."""
        ...
