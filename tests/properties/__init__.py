"""For all histories: the engine shows what the oracle works out, to the last digit."""
