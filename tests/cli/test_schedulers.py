"""The examples of the README by which a scheduler starts the nightly job."""

import configparser
import datetime as dt
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from cli.test_readme import blocks
from operate.small_bureau import write_bureau
from waterbalance.cli import commands
from waterbalance.operate.configuring.night_settings import read_night_settings

PROGRAM = "/usr/local/bin/waterbalance"

UNITS = {re.match(r"# (\S+)\n", text).group(1): text for text in blocks("ini")}  # type: ignore[union-attr]

EXIT_CODES = {0, 1, 2, 10, 11, 12, 65, 69, 75}
"""Of the README."""


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None, strict=True, comment_prefixes=("#",))
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(UNITS[name])
    return read


def require_command(words: list[str]) -> None:
    """One of this program's commands with a configuration."""
    program, command, config = words
    assert Path(program).name == "waterbalance"
    assert command in {each.__name__ for each in commands.ISSUING}
    assert config == "/etc/waterbalance/nightly.yaml"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    # systemd looks whether the program is there: another one stands in its place.
    program = tmp_path / "waterbalance"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    for name, text in UNITS.items():
        (tmp_path / name).write_text(text.replace(PROGRAM, str(program)), encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if "waterbalance" in line]
    assert (done.returncode, told) == (0, []), done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_complains_of_a_word_that_it_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "waterbalance-nightly.service"
    path.write_text(
        UNITS[path.name].replace(PROGRAM, "/bin/true").replace("TimeoutStopSec=2min", "TimeoutStop=2min"), encoding="utf-8"
    )
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(path)], capture_output=True, text=True, check=False)
    assert "TimeoutStop" in done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", ["waterbalance-nightly.timer", "waterbalance-deadman.timer"])
def test_systemd_understands_when(name: str) -> None:
    when = unit(name)["Timer"]["OnCalendar"]
    done = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if "nightly" in name:
        # 02:30 in Taipei is 18:30 of the day before in Greenwich; there is no summer time.
        assert "18:30:00 UTC" in done.stdout


def test_the_services_know_the_exit_codes() -> None:
    assert set(UNITS) == {f"waterbalance-{job}.{kind}" for job in ("nightly", "deadman") for kind in ("service", "timer")}
    for job in ("nightly", "deadman"):
        service = unit(f"waterbalance-{job}.service")["Service"]
        require_command(service["ExecStart"].split())
        assert service["Type"] == "oneshot"
    nightly = unit("waterbalance-nightly.service")["Service"]
    ends = {int(code) for key in ("SuccessExitStatus", "RestartPreventExitStatus") for code in nightly[key].split()}
    assert EXIT_CODES - ends == {0, 69, 75}
    assert nightly["Restart"] == "on-failure"
    timer = unit("waterbalance-nightly.timer")["Timer"]
    assert timer["Persistent"] == "true"
    ZoneInfo(timer["OnCalendar"].split()[-1])


FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def require_times(fields: list[str]) -> None:
    """Five fields of crontab(5): `*`, numbers, ranges and lists, each with a step."""
    assert len(fields) == 5
    for field, (least, most) in zip(fields, FIELDS, strict=True):
        for part in field.split(","):
            found = re.fullmatch(r"(\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
            assert found is not None, part
            numbers = [int(number) for number in (found.group(2), found.group(3)) if number]
            assert all(least <= number <= most for number in numbers), part
            assert numbers == sorted(numbers), part
            assert found.group(4) is None or 0 < int(found.group(4)) <= most, part


@pytest.mark.parametrize("wrong", ["60 2 * * *", "* * * *", "5-1 * * * *", "*/0 * * * *", "x * * * *"])
def test_times_that_are_none_are_found(wrong: str) -> None:
    with pytest.raises(AssertionError):
        require_times(wrong.split())


def test_the_lines_of_cron_are_such() -> None:
    (text,) = blocks("cron")
    variable, *lines = text.splitlines()
    name, _, zone = variable.partition("=")
    assert name == "CRON_TZ"
    ZoneInfo(zone)
    assert len(lines) == 2
    for line in lines:
        *times, user, command = line.split(maxsplit=6)
        require_times(times)
        assert user == "waterbalance"
        # An unescaped percent sign is a line feed to cron.
        assert "%" not in command
        assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0
        require_command(command.split("; ")[-1].split())


def cron_job() -> dict[str, Any]:
    (text,) = (each for each in blocks("yaml") if each.startswith("apiVersion:"))
    read: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return read


ALLOWED: dict[str, set[str]] = {
    "": {"apiVersion", "kind", "metadata", "spec"},
    "spec": {
        "schedule", "timeZone", "concurrencyPolicy", "startingDeadlineSeconds", "suspend", "jobTemplate",
        "successfulJobsHistoryLimit", "failedJobsHistoryLimit",
    },
    "spec.jobTemplate.spec": {
        "backoffLimit", "activeDeadlineSeconds", "podFailurePolicy", "template", "completions", "parallelism",
        "ttlSecondsAfterFinished",
    },
    "spec.jobTemplate.spec.template.spec": {
        "restartPolicy", "terminationGracePeriodSeconds", "containers", "volumes", "serviceAccountName", "securityContext",
    },
}  # fmt: skip
"""Keys of batch/v1 CronJob, of the parts that the example has."""


def test_the_cron_job_is_one() -> None:
    job = cron_job()
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", job["metadata"]["name"])
    for path, allowed in ALLOWED.items():
        part = job
        for key in filter(None, path.split(".")):
            part = part[key]
        assert set(part) <= allowed, path
    spec = job["spec"]
    require_times(spec["schedule"].split())
    ZoneInfo(spec["timeZone"])
    assert spec["concurrencyPolicy"] == "Forbid"
    # The controller looks every ten seconds: less than that starts nothing.
    assert spec["startingDeadlineSeconds"] > 10
    work = spec["jobTemplate"]["spec"]
    pod = work["template"]["spec"]
    # A policy for failures of pods goes with this one alone.
    assert pod["restartPolicy"] == "Never"
    (container,) = pod["containers"]
    (rule,) = work["podFailurePolicy"]["rules"]
    assert rule["action"] in {"FailJob", "Ignore", "Count", "FailIndex"}
    codes = rule["onExitCodes"]
    assert (codes["containerName"], codes["operator"]) == (container["name"], "NotIn")
    assert set(codes["values"]) == {69, 75}
    require_command([*container["command"], *container["args"]])
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}


def test_the_settings_of_signals_are_read(tmp_path: Path) -> None:
    (text,) = (each for each in blocks("yaml") if each.startswith("# nightly.yaml: what tells"))
    config = write_bureau(tmp_path / "b", dt.date(2026, 11, 26), more=text)
    file = read_night_settings(config).file
    assert [each.name for each in file.contacts] == ["duty", "chief", "wall"]
    assert file.deadline == dt.time(4, 30)
    assert (file.metrics, file.ping) == ("metrics.prom", "https://hc.example/nightly")


def test_both_commands_are_there() -> None:
    script = "import sys; sys.argv[0] = 'waterbalance'; from waterbalance.cli import main; main()"
    for command in ("nightly", "deadman"):
        done = subprocess.run([sys.executable, "-c", script, command, "--help"], capture_output=True, text=True, check=False)
        assert done.returncode == 0
        assert "CONFIG" in done.stdout
