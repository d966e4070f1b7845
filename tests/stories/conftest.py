import pytest

from tests.engine_numbers import one_batch
from tests.oracle import evaluate as oracle
from tests.story import Evaluate


@pytest.fixture(params=[oracle, one_batch], ids=["oracle", "engine"])
def evaluate(request: pytest.FixtureRequest) -> Evaluate:
    """Return one of the two evaluations of a history."""
    chosen: Evaluate = request.param
    return chosen
