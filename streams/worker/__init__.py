"""The shell around the engine: Kafka and Faust, fencing, checkpoints, recovery, HTTP."""
