"""Pages without JavaScript: reading, publications, claims, and what Sourcier says of itself."""
