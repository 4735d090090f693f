"""Engine 2's parts: finder, second look and reader, small convolutional nets in ONNX files."""
