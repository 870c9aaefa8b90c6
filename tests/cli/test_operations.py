"""Orders for other platforms, as a user asks for them."""

import json
from pathlib import Path

from cli.conftest import Command
from operate.test_operations import write_works
from waterbalance.store.database import open_store


def test_parcels_are_named_and_a_store_without_orders_tells_none(command: Command, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    open_store(url).close()
    folder = write_works(tmp_path)
    said = command("operations", folder, "--store", url, "--parcel", "G1=parcel 17")
    assert (said.code, json.loads(said.out)) == (0, [])
    refused = command("operations", folder, "--store", url, "--parcel", "G9=parcel 17")
    assert refused.code == 2
    assert "allowed: NAME=PARCEL with one of G1, G2" in refused.err
