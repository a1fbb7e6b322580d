"""The real content as files, and its way into the database: read, check, plan, load."""
