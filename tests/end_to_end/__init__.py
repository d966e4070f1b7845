"""From events on Kafka to a message in a chat: everything between is what runs in production."""
