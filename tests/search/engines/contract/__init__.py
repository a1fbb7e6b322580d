"""What every engine must answer. A test module gives the class an `engine` fixture and inherits all of it."""

from tests.search.engines.contract.asking import CORPUS, ask, keys
from tests.search.engines.contract.facets import Facets
from tests.search.engines.contract.likeness import Likeness
from tests.search.engines.contract.order import Order
from tests.search.engines.contract.standing import Standing
from tests.search.engines.contract.words import Words
from tests.search.engines.contract.writing import Writing

__all__ = ["CORPUS", "EngineContract", "ask", "keys"]


class EngineContract(Words, Facets, Standing, Order, Likeness, Writing):
    """Inherit and give an `engine` fixture: a fresh engine with an empty index."""
