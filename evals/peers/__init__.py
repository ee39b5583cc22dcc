"""The same work, the same weights: this project beside the pipelines that a user would put together."""
