from __future__ import annotations

import pytest

from search.engines.base import Engine
from search.engines.memory import MemoryEngine
from tests.search.engines.contract import EngineContract


class TestMemoryEngine(EngineContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return MemoryEngine()
