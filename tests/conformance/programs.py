"""The programs, each in an environment that its package promises to work in.

docs/programs.md is the table of them for readers.
"""

from tests.consumers import environments

IMAGE_CLASSIFIER = environments.TF_2_8
TF2ONNX = TENSORBOARD = environments.LAST_MODULE
OPENVINO = environments.Environment(
  'openvino', '3.11', ('openvino==2026.4.*', 'numpy')
)
# What it requires cannot be had at once any more: pip goes on looking for
# releases that fit for as long as it is left to.
MODEL_MAKER = environments.Environment(
  'model-maker',
  '3.11',
  (
    'tensorflow-cpu==2.15.*',
    'tensorflow-hub==0.15.0',
    'tensorflow-datasets==4.9.3',
    'tensorflow-metadata<1.15',
    'gin-config',
    'immutabledict',
    'matplotlib',
    'numpy<2',
    'opencv-python-headless==4.9.0.80',
    'pandas',
    'protobuf<5',
    'psutil',
    'pycocotools',
    'pyyaml',
    'scipy',
    'sentencepiece',
    'setuptools<82',
    'typeguard==2.13.3',
  ),
  alone=(
    'mediapipe-model-maker==0.2.1.4',
    'mediapipe==0.10.14',
    'tensorflow-addons==0.23.0',
    'tensorflow-model-optimization==0.7.5',
    'tensorflow-text==2.15.0',
    'tf-models-official==2.15.0',
    'tf-slim==1.1.0',
  ),
)
NETRON = environments.Environment('netron', '3.11', ('netron==9.3.3',))
MODELSCAN = environments.Environment(
  'modelscan', '3.11', ('modelscan==0.8.8', 'tensorflow-cpu==2.21.*')
)
