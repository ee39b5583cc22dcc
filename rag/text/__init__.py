"""What `rag.french` and `rag.figures` stand on: boundaries, acronyms, spelled numbers, dates, units, measures."""
