"""Speed, size and memory of the real thing, one file for each part of it."""
