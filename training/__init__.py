"""How the models are made: from rendered plates to ONNX. Never imported by `streamer`."""
