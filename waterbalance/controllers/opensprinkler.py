"""A station (valve) of an OpenSprinkler: one single-run program a row, known by its name, so that none is made twice.

    stage      programs of the rows, not enabled
    commit     take away what an earlier command left, shut the valve, enable the programs, set the marker, look that all is so
    read back  the enabled programs of the marker's command

Setpoints are seconds that the valve is open. Its own weather adjustment never applies to these programs.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from waterbalance.controllers.controller import Acknowledgement, DeviceState, Held, RefusedError, Status, UnreachableError
from waterbalance.controllers.fit import now, require_fit
from waterbalance.controllers.opensprinkler_programs import (
    DISABLED,
    ENABLED,
    MOST_STATIONS,
    Program,
    Wanted,
    is_of,
    own_programs,
    wanted_marker,
    wanted_programs,
)
from waterbalance.controllers.opensprinkler_programs import require_fit as require_programs_fit
from waterbalance.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.controllers.opensprinkler_http import Sprinkler
    from waterbalance.schedule.envelope import Envelope

_QUARTER_HOUR = dt.timedelta(minutes=15)
_GREENWICH = 48
"""The device's code of UTC; it counts quarter hours."""


@dataclass(frozen=True)
class _Listed:
    """What the device lists: our programs among its own."""

    own: tuple[Program, ...]
    count: int
    most: int
    stations: int
    offset: dt.timedelta

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
        """See `Controller`; switched off or in a rain delay it runs no program, which counts as Local."""
        with self.sprinkler.alone:
            told = self.sprinkler.ask("jc")
            marker = self._list().marker
        applied = None if marker is None else marker.sequence
        return DeviceState(online=True, remote=self._hindrance(told) is None, clock=self._time(told), applied=applied)

    def stage(self, envelope: Envelope) -> None:
        """See `Controller`."""
        self._require_fit(envelope)
        with self.sprinkler.alone:
            listed = self._list()
            if self._counts(envelope, listed):
                return
            require_programs_fit(envelope, self.clock())
            wanted = wanted_programs(envelope, self.station, listed.stations, listed.offset)
            self._delete(lambda each: self._is_left_over(each, listed.marker, envelope))
            listed = self._list()
            present = {each.name for each in listed.own}
            missing = [each for each in wanted if each.name not in present]
            if listed.count + len(missing) + 1 > listed.most:
                found, allowed = f"{listed.count} programs there, {len(missing) + 1} more", f"at most {listed.most}"
                finding = Finding(
                    "the device is full of programs", self.sprinkler.place, found, allowed, "Delete some of its own."
                )
                raise RefusedError(f"{self.name} has no room for this command", (finding,))
            for each in missing:
                self.sprinkler.ask("cp", **each.fields(DISABLED))
            self._require_there(wanted)

    def commit(self, envelope: Envelope) -> Acknowledgement:
        """See `Controller`."""
        self._require_fit(envelope)
        with self.sprinkler.alone:
            listed = self._list()
            if self._counts(envelope, listed):
                return self._acknowledgement(envelope, "duplicate")
            wanted = wanted_programs(envelope, self.station, listed.stations, listed.offset)
            self._require_there(wanted)
            hindrance = self._hindrance(self.sprinkler.ask("jc"))
            if hindrance is not None:
                return self._acknowledgement(envelope, "rejected", hindrance)
            require_programs_fit(envelope, self.clock())
            self._delete(lambda each: not each.is_marker and not is_of(each, envelope))
            self.sprinkler.ask("cm", sid=self.station, en=0)
            self._enable(wanted)
            if not any(each.is_marker and is_of(each, envelope) for each in self._list().own):
                self.sprinkler.ask("cp", **wanted_marker(envelope, self.station, listed.stations).fields(DISABLED))
            self._delete(lambda each: each.is_marker and not is_of(each, envelope))
            self._require_done(envelope, wanted)
            return self._acknowledgement(envelope, "accepted")

    def read_back(self) -> Held:
        """See `Controller`; programs that have run may be gone."""
        with self.sprinkler.alone:
            listed = self._list()
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

    def _enable(self, wanted: list[Wanted]) -> None:
        """Enable what is not enabled yet; a program keeps its number while none is deleted."""
        by_name = {each.name: each for each in wanted}
        for program in self._list().own:
            if program.name in by_name and not program.enabled:
                self.sprinkler.ask("cp", **by_name[program.name].fields(ENABLED, program.number))

    def _delete(self, unwanted: Callable[[Program], bool]) -> None:
        """Delete programs from the last one on, so that the numbers of the others hold; and second ones of a name."""
        seen: set[str] = set()
        doomed = []
        for program in self._list().own:
            if unwanted(program) or program.name in seen:
                doomed.append(program.number)
            seen.add(program.name)
        for number in sorted(doomed, reverse=True):
            self.sprinkler.ask("dp", pid=number)

    def _require_there(self, wanted: list[Wanted]) -> None:
        missing = {each.name for each in wanted} - {each.name for each in self._list().own}
        if missing:
            raise self._not_so("programs are not in the device's list", f"{len(missing)} of {len(wanted)} missing")

    def _require_done(self, envelope: Envelope, wanted: list[Wanted]) -> None:
        """A result of 1 is no acknowledgement: the device's own list is."""
        listed = self._list()
        enabled = [each.name for each in listed.own if each.enabled]
        marker = listed.marker
        if sorted(enabled) != sorted(each.name for each in wanted) or marker is None or not is_of(marker, envelope):
            raise self._not_so("the device's list is not that of the command", f"{len(enabled)} enabled")

    def _not_so(self, what: str, found: str) -> UnreachableError:
        return UnreachableError(f"{self.name}: {what}", (Finding(what, self.sprinkler.place, found, remedy="Try it again."),))

    def _list(self) -> _Listed:
        told = self.sprinkler.ask("jp")
        try:
            offset = (int(self.sprinkler.ask("jo")["tz"]) - _GREENWICH) * _QUARTER_HOUR
            stations = min(int(told["nboards"]) * 8, MOST_STATIONS)
            if not self.station < stations:
                finding = Finding("there is no such station", self.sprinkler.place, str(self.station), f"below {stations}")
                raise RefusedError(f"{self.name} has no such station", (finding,))
            own = tuple(own_programs(told["pd"], self.station, offset))
            return _Listed(own, len(told["pd"]), int(told["mnp"]), stations, offset)
        except (KeyError, ValueError, TypeError, IndexError, OverflowError) as error:
            raise self._not_so("its list of programs cannot be read", repr(error)[:80]) from None

    def _time(self, told: dict[str, Any]) -> dt.datetime:
        """The device tells the time of its wall as if it were UTC."""
        try:
            return dt.datetime.fromtimestamp(int(told["devt"]), dt.UTC) - self._list().offset
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            raise self._not_so("its time cannot be read", repr(error)[:80]) from None

    def _hindrance(self, told: dict[str, Any]) -> str | None:
        if told.get("en") != 1:
            return "the device is switched off by hand"
        return "a rain delay is set by hand" if told.get("rd") else None

    def _acknowledgement(self, envelope: Envelope, status: Status, code: str | None = None) -> Acknowledgement:
        at = self._time(self.sprinkler.ask("jc"))
        return Acknowledgement(envelope.command.cmd_id, envelope.sequence, status, code, at)
