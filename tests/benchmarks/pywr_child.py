"""One run of Pywr for `pywr_race.py`; the only file that needs Pywr, under an interpreter that has it.

python pywr_child.py MODEL.json SOLVER FLOWS.npz
"""

import json
import sys
import time

started = time.process_time()
import numpy as np  # noqa: E402
import pywr  # noqa: E402
from pywr.model import Model  # noqa: E402
from pywr.recorders import NumpyArrayNodeRecorder, NumpyArrayStorageRecorder  # noqa: E402

KINDS = {"Output": NumpyArrayNodeRecorder, "Storage": NumpyArrayStorageRecorder}


def main() -> None:
    """Load, set up and run a model; what zones get and storages hold is recorded."""
    imported = time.process_time()
    path, solver, flows = sys.argv[1:]
    model = Model.load(path, solver=solver)
    nodes = [node for node in model.nodes if type(node).__name__ in KINDS and node.name != "sea"]
    recorders = {node.name: KINDS[type(node).__name__](model, node) for node in nodes}
    loaded = time.process_time()
    model.setup()
    ready = time.process_time()
    model.run()
    done = time.process_time()
    np.savez(flows, **{name: np.array(recorder.data) for name, recorder in recorders.items()})
    times = {"import": imported - started, "read": loaded - imported, "build": ready - loaded, "solve": done - ready}
    sys.stdout.write("\n" + json.dumps({"version": pywr.__version__, **times}) + "\n")


if __name__ == "__main__":
    main()
