"""Other pipelines on the same work; each file but run.py is read in an environment of its own."""
