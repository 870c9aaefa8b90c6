"""The golden LP of each example: the whole model as text, so that a change of any equation shows as a difference.

After a change that is meant, `PYTHONPATH=tests python -m network.golden_lp` writes all of them again; read the
difference before it is committed.
"""

import tempfile
from pathlib import Path

from network.example import Example
from network.examples import EXAMPLES, kind_of
from waterbalance.optimise.pyomo_model import add_goal, export, multi_period_model
from waterbalance.plan.audit import Book
from waterbalance.policy.goal import Goal, Term

GOLDEN = Path(__file__).parent / "golden"


def golden_lp(name: str, example: Example) -> str:
    """The multi-period model of an example; the measures of the type in question make up the objective."""
    network = example.network
    book = Book(network, example.plan)
    revised = {(each.name, name): values for each in network for name, values in each.revise(book).items()}
    model, writers = multi_period_model(network, example.state, example.forecasts, revised=revised)
    names = tuple(component.name for component in network if component.type_name() == kind_of(name))
    measures = sorted({name for component, name in writers[0].measures if component in names})
    terms = [Term(measure=measure, components=names) for measure in measures]
    # A type that measures nothing stands under the shortage of the users.
    goal = Goal(name="measures", terms=tuple(terms) or (Term(measure="shortage"),))
    add_goal(model, writers, goal, network, example.forecasts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.lp"
        export(model, path)
        return path.read_text(encoding="utf-8")


def write_all() -> None:
    """Write every golden LP."""
    GOLDEN.mkdir(exist_ok=True)
    for name, example in EXAMPLES.items():
        (GOLDEN / f"{name}.lp").write_text(golden_lp(name, example), encoding="utf-8")


if __name__ == "__main__":
    write_all()
