"""The benchmark: what an event costs on a real Kafka, beside the least that it could cost."""
