"""The programs, each in an environment that its package promises to work in.

docs/programs.md is the table of them for readers.
"""

from tests.consumers import environments

IMAGE_CLASSIFIER = environments.Environment(
  'make-image-classifier',
  '3.8',
  (
    'tensorflow==2.8.4',
    'tensorflow-hub[make_image_classifier]==0.12.0',
    'protobuf<3.20',
    'pillow',
    'scipy',
  ),
)
TF2ONNX = environments.Environment(
  'tf2onnx',
  '3.11',
  ('tensorflow==2.15.*', 'tf2onnx==1.16.1', 'onnx==1.16.2', 'numpy<2'),
)
OPENVINO = environments.Environment(
  'openvino', '3.11', ('openvino==2026.4.*', 'numpy')
)
TENSORBOARD = environments.Environment(
  'tensorboard',
  '3.11',
  ('tensorflow==2.15.*', 'tensorboard==2.15.*', 'setuptools<82'),
)
NETRON = environments.Environment('netron', '3.11', ('netron==9.3.3',))
MODELSCAN = environments.Environment(
  'modelscan', '3.11', ('modelscan[tensorflow]==0.8.8',)
)
