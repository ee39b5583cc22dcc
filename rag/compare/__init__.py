"""What `rag.conflicts` and `rag.claims` stand on: statements read from sentences, and whether two can both be."""
