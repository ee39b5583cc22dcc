"""Collecting publications: catalogue, discovery, polite fetching, extraction, and the loop over them.

Names are in the modules: `ingest.catalogue.load`, `ingest.fetch.Fetcher`,
`ingest.run.run`, `ingest.add.add`, `ingest.extract.extract`.
"""
