"""A corpus as large as one likes, made of real French texts, and what the product does with it."""
