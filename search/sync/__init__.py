"""What keeps the index true to the database: the outbox, its drain, the rebuild, and the search for drift."""
