"""The commands: the only floor that may import every room."""
