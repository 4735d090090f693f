"""Engine 2's parts: a finder and a reader, small convolutional nets in ONNX files."""
