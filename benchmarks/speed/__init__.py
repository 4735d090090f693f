"""What the whole program costs beside decoding alone, how many cameras fit, how late pictures are, and what grows.

`python -m benchmarks.speed [ROW...]`. `clips.py` renders what is watched, `decoding.py` is the floor that it is measured
against, `processes.py` counts processor time and memory of running programs; the others are a row or more each.
"""
