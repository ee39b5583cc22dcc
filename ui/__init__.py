"""What readers and programs see: the chat, light pages, REST, the terminal."""

DESCRIPTION = "Répond en français d’après ce que les ministères ont publié, et prouve chaque phrase."
"""What Sourcier is, wherever it introduces itself."""
