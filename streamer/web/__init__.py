"""The web program behind `streamer.app`: `python -m streamer.web`, started by the supervisor."""
