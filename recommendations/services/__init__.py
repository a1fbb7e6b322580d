"""Every write to facts, to the log and to their caches."""
