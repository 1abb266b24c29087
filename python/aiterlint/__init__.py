"""aiterlint finds async-iterator mistakes in Python before they run.

The program is not written in Python: this package only leads to it, as ``python -m aiterlint``.
"""
