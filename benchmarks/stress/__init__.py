"""The stress set: passes that this project renders itself, so that the truth is known, and what becomes of them.

`python -m benchmarks.stress`. A virtual camera (`view.py`) in some light (`light.py`) looks at a road
(`backdrop.py`) on which vehicles (`vehicles.py`) drive (`scenes.py`). `frames.py` renders it, `sensor.py` adds what
sensor and codec do, `looks.py` shows it to the engine once and keeps the answers, `replay.py` gives them to the
tracker at several looks a second, `verdicts.py` judges the reads, `tables.py` and `pictures.py` print them.
"""
