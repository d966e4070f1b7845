"""Facts of the contract as small tables; each runs through the oracle and the engine."""
