"""What turns are made on: canals that branch off each other, their reaches, and the gates that open to the fields.

Water enters a canal at its head gate or pump, runs through its reaches one after another, and leaves at the end of a reach:
through turnouts to the fields, through the head gates of branch canals, or over the escape.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.schedule.slots import DailyHours

Operation = Literal["on_demand", "continuous", "rotational"]


@dataclass(frozen=True)
class Gate:
    """What somebody or something sets. Flows in [m3/s], times in [h]."""

    capacity: float
    least: float = 0.0
    """Least flow while it is open."""

    minimum_run: float = 0.0
    """Once opened it stays open at least so long."""

    moves_a_day: int | None = None
    """Most openings, closings and changes of its flow on one local day; unlimited when None."""

    automatic: bool = False
    """Whether it is moved without a gatekeeper: at any hour."""

    ramp: float | None = None
    """Most by which the flow may change in an hour. [m3/s per h]"""

    without_device: float | None = None
    """Its capacity without its device, where that may be asked for less; None where the gate itself is the limit."""

    greatest_step: float | None = None
    """Most by which its device lets the flow change at once, from slot to slot. [m3/s]"""

    daily_volume: float | None = None
    """Most that its device lets through on one local day. [m3]"""

    def most_change(self, hours: float) -> float | None:
        """Most by which its flow may change from one slot of so many hours to the next; None where nothing limits it. [m3/s]."""
        limits = [] if self.ramp is None else [self.ramp * hours]
        return min([*limits, *([] if self.greatest_step is None else [self.greatest_step])], default=None)

    @property
    def is_counted(self) -> bool:
        """Whether its moves are: somebody has to walk, or there is a limit."""
        return not self.automatic or self.moves_a_day is not None


@dataclass(frozen=True)
class Turnout:
    """A gate from the end of a reach to the fields of a zone."""

    name: str
    zone: str
    gate: Gate

    closed: tuple[bool, ...] = ()
    """Slots in which the structure whose water it brings is closed, and it shall be shut; none where they are not told."""


@dataclass(frozen=True)
class Reach:
    """A stretch of canal between two places where water leaves it."""

    capacity: float
    """Most that may enter. [m3/s]"""

    travel_time: float = 0.0
    """From its beginning to its end. [h]"""

    share_lost: float = 0.0
    """Of what enters it. [-]"""

    seepage: float = 0.0
    """Lost besides while it is wet. [m3/s]"""

    fill_volume: float = 0.0
    """What fills it when it was dry; nothing leaves it in the slots of the filling. [m3]"""

    drain_volume: float = 0.0
    """Part of the filling that the gates can still take in the last slot before it falls dry. [m3]"""

    turnouts: tuple[Turnout, ...] = ()

    @property
    def keeps_its_water(self) -> bool:
        """Whether it stays full behind a shut head once it is: nothing seeps, and no gate lies deep enough to drain it."""
        return self.seepage <= 0.0 and self.drain_volume <= 0.0


@dataclass(frozen=True, eq=False)
class Pump:
    """What drives the head of a canal that is pumped; arrays have one value for each slot. Equal is only the same one."""

    energy_price: Floats
    """What a cubic metre costs with energy from the grid. [currency/m3]"""

    solar: Floats | None = None
    """What the sun can lift. [m3/s]"""

    grid: bool = True
    """Whether there is other energy than the sun's."""


@dataclass(frozen=True)
class Group:
    """Turnouts that have their turn together; with several blocks, one block at a time."""

    name: str
    blocks: tuple[tuple[str, ...], ...]
    """Names of turnouts."""

    @property
    def turnouts(self) -> tuple[str, ...]:
        """Of all blocks."""
        return tuple(name for block in self.blocks for name in block)


@dataclass(frozen=True)
class Rotation:
    """Groups in turn: a cycle is one turn for each. A turn begins with the water, `travel` hours after the canal's own head."""

    turn: float
    """How long a turn lasts: a whole number of slots. [h]"""

    groups: tuple[Group, ...]
    order: Literal["fixed", "free"] = "fixed"
    """The order of the file, or whichever is best, each cycle anew."""

    since: float = 0.0
    """How long before the first slot a first turn began; the order of the file is counted from there. [h]"""

    had: tuple[str | None, ...] = ()
    """In a free order: whose the turns of the running cycle were that have begun before the first slot; None where nobody knows.
    The last of them may still run."""


@dataclass(frozen=True)
class Canal:
    """Reaches one after another behind a head."""

    name: str
    head: Gate
    reaches: tuple[Reach, ...]
    parent: tuple[str, int] | None = None
    """Canal and number of the reach at whose end the head stands; None where water comes from outside of the tree."""

    operation: Operation = "on_demand"
    rotation: Rotation | None = None
    night_irrigation: bool = True
    pump: Pump | None = None
    structure: str | None = None
    """Name of the structure at the head, where it has one of its own."""

    supply: tuple[float, ...] | None = None
    """What the river brings to the head in every slot; None where a storage gives what the head lets through. [m3/s]"""

    @property
    def gate(self) -> str:
        """Name by which orders go to its head."""
        return self.structure or self.name


@dataclass(frozen=True)
class Hours:
    """Hours of the day that bind people."""

    working: DailyHours | None = None
    """When gatekeepers move gates; at any hour when None."""

    night: DailyHours | None = None
    """When canals without night irrigation serve no fields."""


@dataclass(frozen=True)
class NodeReach:
    """A reach in the tree; numbers are places in `CanalTree.nodes`."""

    canal: Canal
    number: int
    reach: Reach
    parent: int | None
    head_travel: float
    """From the head of the tree to the beginning of the reach. [h]"""

    kept: float
    """Share of what enters the tree that reaches the end of this reach, seepage and fillings apart. [-]"""

    @property
    def travel(self) -> float:
        """From the head of the tree to the end of the reach. [h]."""
        return self.head_travel + self.reach.travel_time

    @property
    def is_head(self) -> bool:
        """Whether a gate or pump stands at its beginning."""
        return self.number == 0


@dataclass(frozen=True)
class CanalTree:
    """Canals that hang together; parents stand before their branches."""

    canals: tuple[Canal, ...]
    hours: Hours = field(default_factory=Hours)

    @cached_property
    def nodes(self) -> tuple[NodeReach, ...]:
        """All reaches, each after the one that feeds it."""
        found: list[NodeReach] = []
        places: dict[tuple[str, int], int] = {}
        for canal in self.canals:
            before = None if canal.parent is None else places[canal.parent]
            for number, reach in enumerate(canal.reaches):
                travel, kept = (0.0, 1.0) if before is None else (found[before].travel, found[before].kept)
                found.append(NodeReach(canal, number, reach, before, travel, kept * (1.0 - reach.share_lost)))
                before = places[canal.name, number] = len(found) - 1
        return tuple(found)

    @cached_property
    def turnouts(self) -> tuple[tuple[int, Turnout], ...]:
        """Every turnout with the place of its reach, in the order of the reaches."""
        return tuple((place, turnout) for place, node in enumerate(self.nodes) for turnout in node.reach.turnouts)

    def stays_open(self, place: int) -> bool:
        """Whether gates at the end of a reach run on once they are open: on a continuous canal."""
        return self.nodes[place].canal.operation == "continuous"

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """For every reach the reaches that it feeds."""
        return tuple(tuple(place for place, node in enumerate(self.nodes) if node.parent == at) for at in range(len(self.nodes)))

    def filled_before(self, place: int) -> tuple[int, ...]:
        """Reaches of the same canal, up to this one, that have to be full before anything is taken from its end."""
        own = self.nodes[place].canal.name
        return tuple(at for at in self.way_to(place) if self.nodes[at].canal.name == own and self.nodes[at].reach.fill_volume > 0)

    def way_to(self, place: int) -> tuple[int, ...]:
        """The reaches from the head of the tree to this one, itself included."""
        way: list[int] = []
        at: int | None = place
        while at is not None:
            way.insert(0, at)
            at = self.nodes[at].parent
        return tuple(way)


def trees_of(canals: tuple[Canal, ...], hours: Hours) -> tuple[CanalTree, ...]:
    """Canals as trees of their own, each to be scheduled alone: one for every canal that is fed from outside."""
    roots: dict[str, list[Canal]] = {}
    home: dict[str, str] = {}
    for canal in canals:
        root = home[canal.name] = canal.name if canal.parent is None else home[canal.parent[0]]
        roots.setdefault(root, []).append(canal)
    return tuple(CanalTree(tuple(members), hours) for members in roots.values())
