"""The public search: question, words, engines, and what keeps the index true to the database."""
