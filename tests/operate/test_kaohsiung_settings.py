"""The nightly configuration of Kaohsiung: its examples are commented out, and hold once somebody takes the marks away."""

from pathlib import Path

from repository import ROOT
from waterbalance.operate.configuring.night_settings import read_night_settings


def test_the_examples_of_orders_and_contacts_can_be_used_as_they_stand(tmp_path: Path) -> None:
    given = (ROOT / "scenarios" / "kaohsiung" / "nightly.yaml").read_text(encoding="utf-8")
    before, example = given.split("# overrides:\n")
    lines = [line.removeprefix("# ") for line in ("# overrides:\n" + example).splitlines()]
    told = [line for line in lines if line != "#" and not line.startswith("Whom to call")]
    config = tmp_path / "nightly.yaml"
    config.write_text(before + "\n".join(told) + "\n", encoding="utf-8")
    file = read_night_settings(config).file
    assert [(each.name, each.kind) for each in file.contacts] == [("control room", "email"), ("head of section", "email")]
    assert [each.what for each in file.overrides] == ["nanhua_raw_main.inflow"]
