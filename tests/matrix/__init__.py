"""slimhub itself, on each TensorFlow that it promises to work with."""
