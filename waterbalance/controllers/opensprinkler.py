"""A station (valve) of an OpenSprinkler: one single-run program a row, known by its name, so that none is made twice.

    stage      programs of the rows, not enabled
    commit     take away what an earlier command left, shut the valve, enable the programs, set the marker, look that all is so
    read back  the enabled programs of the marker's command

Setpoints are seconds that the valve is open. Its own weather and sensor adjustments never apply to these programs.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waterbalance.controllers.controller import Acknowledgement, DeviceState, Held, RefusedError, Status, UnreachableError
from waterbalance.controllers.fit import now, require_fit
from waterbalance.controllers.opensprinkler_programs import (
    Program,
    Wanted,
    is_of,
    own_programs,
    wanted_marker,
    wanted_programs,
)
from waterbalance.controllers.opensprinkler_programs import require_fit as require_programs_fit
from waterbalance.controllers.opensprinkler_setup import Setup, read_setup, require_runs_programs
from waterbalance.errors import Finding

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from waterbalance.controllers.opensprinkler_http import Sprinkler
    from waterbalance.schedule.envelope import Envelope


@dataclass(frozen=True)
class _Listed:
    """What the device lists: our programs among its own."""

    own: tuple[Program, ...]
    count: int
    most: int

    @property
    def marker(self) -> Program | None:
        """Of the latest command that counts."""
        return max((each for each in self.own if each.is_marker), key=lambda each: each.sequence, default=None)


@dataclass(frozen=True)
class OpenSprinklerStation:
    """One valve."""

    name: str
    sprinkler: Sprinkler = field(repr=False)
    station: int
    """From 0 on: S01 of the device's page is 0."""

    most_rows: int = 19
    """Of 40 programs, those of two commands and their markers."""

    setpoint_step: float = 1.0
    clock: Callable[[], dt.datetime] = now

    def state(self) -> DeviceState:
        """See `Controller`; whatever keeps programs of the station from running (`opensprinkler_setup`) counts as Local."""
        with self.sprinkler.alone:
            setup = self._setup()
            marker = self._list(setup).marker
        applied = None if marker is None else marker.sequence
        remote = setup.hindrance is None
        return DeviceState(online=True, remote=remote, clock=setup.time, applied=applied, hindrance=setup.hindrance)

    def stage(self, envelope: Envelope) -> None:
        """See `Controller`."""
        self._require_fit(envelope)
        with self.sprinkler.alone:
            setup = self._setup()
            listed = self._list(setup)
            if self._counts(envelope, listed):
                return
            require_programs_fit(envelope, max(self.clock(), setup.time))
            if envelope.command.rows:
                require_runs_programs(setup, self.sprinkler, self.name)
            wanted = wanted_programs(envelope, self.station, setup)
            marker = listed.marker
            self._delete(setup, lambda each: self._is_left_over(each, marker, envelope) or _is_altered(each, wanted))
            listed = self._list(setup)
            present = {each.name for each in listed.own}
            missing = [each for each in wanted if each.name not in present]
            if listed.count + len(missing) + 1 > listed.most:
                found, allowed = f"{listed.count} programs there, {len(missing) + 1} more", f"at most {listed.most}"
                finding = Finding(
                    "the device is full of programs", self.sprinkler.place, found, allowed, "Delete some of its own."
                )
                raise RefusedError(f"{self.name} has no room for this command", (finding,))
            for each in missing:
                self.sprinkler.ask("cp", **each.fields())
            self._require_there(wanted, setup)

    def commit(self, envelope: Envelope) -> Acknowledgement:
        """See `Controller`."""
        self._require_fit(envelope)
        with self.sprinkler.alone:
            setup = self._setup()
            listed = self._list(setup)
            if self._counts(envelope, listed):
                return _acknowledgement(envelope, setup, "duplicate")
            wanted = wanted_programs(envelope, self.station, setup)
            self._require_there(wanted, setup)
            if setup.hindrance is not None:
                return _acknowledgement(envelope, setup, "rejected", setup.hindrance)
            require_programs_fit(envelope, max(self.clock(), setup.time))
            self._delete(setup, lambda each: not each.is_marker and not is_of(each, envelope))
            self._shut(setup)
            self._enable(wanted, setup)
            if not any(each.is_marker and is_of(each, envelope) for each in self._list(setup).own):
                self.sprinkler.ask("cp", **wanted_marker(envelope, self.station, setup).fields())
            self._delete(setup, lambda each: each.is_marker and not is_of(each, envelope))
            self._require_done(envelope, wanted, setup)
            return _acknowledgement(envelope, setup, "accepted")

    def read_back(self) -> Held:
        """See `Controller`; programs that have run may be gone."""
        with self.sprinkler.alone:
            listed = self._list(self._setup())
        marker = listed.marker
        if marker is None:
            return Held(None, ())
        rows = [each.row for each in listed.own if each.enabled and each.sequence == marker.sequence and each.row is not None]
        return Held(marker.sequence, tuple(sorted(rows, key=lambda row: row.start)))

    def _require_fit(self, envelope: Envelope) -> None:
        require_fit(envelope, self.name, self.clock(), most_rows=self.most_rows, modes={"duration"})

    def _counts(self, envelope: Envelope, listed: _Listed) -> bool:
        """Whether this very command counts already. Raises `RefusedError` where a later one does, or another of its number."""
        marker = listed.marker
        if marker is None or marker.sequence < envelope.sequence:
            return False
        if is_of(marker, envelope):
            return True
        found, allowed = str(envelope.sequence), f"more than {marker.sequence}"
        finding = Finding("a later command counts there", self.sprinkler.place, found, allowed)
        raise RefusedError(f"{self.name} refuses a lower sequence", (finding,))

    def _is_left_over(self, program: Program, marker: Program | None, envelope: Envelope) -> bool:
        """Whether a program belongs neither to the command that counts nor to the one that is staged."""
        followed = marker is not None and (program.sequence, program.digits) == (marker.sequence, marker.digits)
        return not followed and not is_of(program, envelope)

    def _shut(self, setup: Setup) -> None:
        """Shut the valve where it runs or waits; a station that does neither is not asked for.

        The firmware 2.2.1(6) answers 17 then, and those before it write beyond the end of their queue (`server_change_manual`).
        """
        if not setup.is_queued:
            return
        with contextlib.suppress(RefusedError):  # It may have ended this very moment.
            self.sprinkler.ask("cm", sid=self.station, en=0)
        if self._setup().is_queued:
            raise self._not_so("the valve is not shut", "still in the device's queue")

    def _enable(self, wanted: list[Wanted], setup: Setup) -> None:
        """Enable what is not enabled yet."""
        names = {each.name for each in wanted}
        self._one_by_one(setup, lambda each: each.name in names and not each.enabled, "cp", en=1)

    def _delete(self, setup: Setup, unwanted: Callable[[Program], bool]) -> None:
        """Delete programs, and second ones of a name."""
        self._one_by_one(setup, unwanted, "dp", twice=True)

    def _one_by_one(
        self, setup: Setup, chosen: Callable[[Program], bool], command: str, *, twice: bool = False, **fields: int
    ) -> None:
        """A command for each program that is chosen, the last one first.

        Looked up anew each time: the device deletes a single-run program when it begins, and that renumbers those after it.
        """

        def numbers() -> list[int]:
            own = self._list(setup).own
            first = {each.name: each.number for each in reversed(own)}
            return [each.number for each in own if chosen(each) or (twice and each.number != first[each.name])]

        found = numbers()
        for _ in range(len(found)):
            self.sprinkler.ask(command, pid=found[-1], **fields)
            found = numbers()
            if not found:
                return

    def _require_there(self, wanted: list[Wanted], setup: Setup) -> None:
        own = self._list(setup).own
        missing = {each.name for each in wanted} - {each.name for each in own}
        if missing:
            raise self._not_so("programs are not in the device's list", f"{len(missing)} of {len(wanted)} missing")
        altered = [each for each in own if _is_altered(each, wanted)]
        if altered:
            raise self._not_so("programs are not as they were sent", ", ".join(each.name for each in altered[:3]))

    def _require_done(self, envelope: Envelope, wanted: list[Wanted], setup: Setup) -> None:
        """A result of 1 is no acknowledgement: the device's own list is."""
        listed = self._list(setup)
        enabled = [each.name for each in listed.own if each.enabled]
        marker = listed.marker
        if sorted(enabled) != sorted(each.name for each in wanted) or marker is None or not is_of(marker, envelope):
            raise self._not_so("the device's list is not that of the command", f"{len(enabled)} enabled")

    def _not_so(self, what: str, found: str) -> UnreachableError:
        return UnreachableError(f"{self.name}: {what}", (Finding(what, self.sprinkler.place, found, remedy="Try it again."),))

    def _setup(self) -> Setup:
        return read_setup(self.sprinkler, self.station, self.name)

    def _list(self, setup: Setup) -> _Listed:
        told = self.sprinkler.ask("jp")
        try:
            own = tuple(own_programs(told["pd"], self.station, setup.offset))
            return _Listed(own, len(told["pd"]), int(told["mnp"]))
        except (KeyError, ValueError, TypeError, IndexError, OverflowError) as error:
            raise self._not_so("its list of programs cannot be read", repr(error)[:80]) from None


def _is_altered(program: Program, wanted: list[Wanted]) -> bool:
    """Whether a program of a wanted name is another one. How long the valve is open is left to the read-back, which tells it."""
    return any(each.name == program.name and each.settings.without(each.station) != program.settings for each in wanted)


def _acknowledgement(envelope: Envelope, setup: Setup, status: Status, code: str | None = None) -> Acknowledgement:
    return Acknowledgement(envelope.command.cmd_id, envelope.sequence, status, code, setup.time)
