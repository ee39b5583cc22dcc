"""Evidence receipts: what an answer said and what proved it, signed, to be checked years later without the server."""
