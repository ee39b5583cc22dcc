"""The demonstration publications and the five small sites that publish them on loopback."""
