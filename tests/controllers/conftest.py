"""The broker that the tests of this folder share; a device's name is its user name."""

from collections.abc import Iterator

import pytest

from controllers.mosquitto import Mosquitto
from controllers.mqtt_peer import mosquitto


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    running = mosquitto(tmp_path_factory.mktemp("mosquitto"), tuple(f"KH-G{number:03}" for number in range(100)))
    yield running
    running.kill()
