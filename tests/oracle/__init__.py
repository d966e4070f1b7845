"""The oracle: the whole contract evaluated in one batch, slowly and literally.

It is written from the text alone and shares nothing with the engine but `schemas`. Rules are
quoted where they are implemented, numbered as the rulings of the contract's section 7.
"""

from tests.oracle.counting import Counts, counts
from tests.oracle.evaluation import Samples, evaluate

__all__ = ["Counts", "Samples", "counts", "evaluate"]
