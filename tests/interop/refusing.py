"""Models that are no models, as an import refuses them."""

import json
from pathlib import Path

import pytest

from waterbalance.errors import InputError
from waterbalance.interop.pywr.import_model import import_model


def refused(folder: Path, content: object) -> str:
    """What the import of a model complains about; nothing may be written."""
    path = folder / "model.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError) as error:
        import_model(path, folder / "out")
    assert not (folder / "out").exists()
    return str(error.value)
