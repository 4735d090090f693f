"""The kinds of sources behind `streamer.capture`, which is the way in."""
