"""Training and measuring of the sentence reader (`rag/reader.py`): prepare.py, train.py, export.py, measure.py."""
