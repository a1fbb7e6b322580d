"""Planning, queueing, writing and sending mails, and what a mailed link may do."""
