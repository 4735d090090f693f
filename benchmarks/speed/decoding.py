"""Decoding alone, the floor: `python -m benchmarks.speed.decoding CLIP SECONDS` plays it at its own pace.

PyAV, the threads that the program takes for files, pictures as the decoder gives them (YUV), and nothing done to them.
Prints the frames a second and the milliseconds of processor time a frame.
"""

from __future__ import annotations

import sys
import time

import av


def main() -> None:
    clip, seconds = sys.argv[1], float(sys.argv[2])
    begun_s = due_s = time.monotonic()
    used_s, count = time.process_time(), 0
    while due_s < begun_s + seconds:
        with av.open(clip) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for _ in container.decode(stream):
                count, due_s = count + 1, due_s + 1 / float(stream.average_rate)
                time.sleep(max(0.0, due_s - time.monotonic()))
    print(count / (time.monotonic() - begun_s), 1000 * (time.process_time() - used_s) / count)


if __name__ == "__main__":
    main()
