"""The packages of pip that BUILD files name.

Written by `python -m tests.build_file`: run it again instead of editing.
"""

DISTRIBUTIONS = [
    "absl-py",
    "ai-edge-litert",
    "axe-playwright-python",
    "flatbuffers",
    "jsonschema",
    "keras",
    "markdown-it-py",
    "mediapipe",
    "mkdocs",
    "numpy",
    "onnx",
    "onnxruntime",
    "pillow",
    "playwright",
    "protobuf",
    "pytest",
    "ray",
    "requests",
    "setuptools",
    "starlette",
    "tensorflow",
    "tensorflow-hub",
    "tf-keras",
    "tf-slim",
    "tf2onnx",
    "tqdm",
    "universal-pathlib",
    "urllib3",
    "uvicorn",
]
