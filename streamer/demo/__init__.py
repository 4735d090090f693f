"""The demo clip: half a minute at a gate, with a truth that is known because we drew it.

`demo_clip()` is the path of the clip, `DEMO_PASSES` who drives through it and when. The clip is part
of the package; after a change of the story, the fleet or the scene, render it again with

    python -m streamer.demo streamer/demo/gate.mp4

Everything in it is drawn by this package; texts are set in OpenCV's built-in font, Rubik, which is
under the SIL Open Font License 1.1. One vehicle comes back: its plate is readable again `RETURNS_AFTER_S`
seconds after it was last, and in sight, small, two seconds earlier. A camera that plays the clip
needs a `repeat_after_s` of 7 or less to log both passes.
"""

from __future__ import annotations

from pathlib import Path

from streamer.demo.story import DEMO_PASSES, RETURNS_AFTER_S, Pass

__all__ = ["DEMO_PASSES", "RETURNS_AFTER_S", "Pass", "demo_clip"]


def demo_clip() -> Path:
    """The clip's path: 1280 x 720, 15 frames a second, 34 s, H.264. Rendered first if the file is
    missing; raises OSError if it cannot be written then."""
    clip = Path(__file__).with_name("gate.mp4")
    if not clip.exists():
        from streamer.demo.render import render_clip

        render_clip(clip)
    return clip
