"""Where the project's own files are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENT_LIBRARY = ROOT / "node_modules" / "socket.io-client" / "dist" / "socket.io.esm.min.js"
MODELS = ROOT / "streamer" / "models"
