"""What a worker does with what it reads: one Faust agent a topic."""
