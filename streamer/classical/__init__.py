"""Engine 1 behind `streamer.classic`: from a picture to lines of characters that Tesseract reads."""
