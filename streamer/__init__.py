"""Plate Streamer: watches cameras, reads licence plates once each, keeps a log that can be trusted."""

__version__ = "0.1.0"
