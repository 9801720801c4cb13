"""The programs, each in an environment that its package promises to work in.

docs/programs.md is the table of them for readers.
"""

from tests.consumers import environments

IMAGE_CLASSIFIER = environments.TF_2_8
TF2ONNX = TENSORBOARD = environments.LAST_MODULE
OPENVINO = environments.Environment(
  'openvino', '3.11', ('openvino==2026.4.*', 'numpy')
)
# What it requires can no longer be installed together: pip would look for
# releases that fit without end.
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
# The same is true of what this one requires. It imports all its tasks at once,
# those of sound and text included.
TFLITE_MODEL_MAKER = environments.Environment(
  'tflite-model-maker',
  '3.8',
  (
    'tensorflow-cpu==2.8.4',
    'tensorflow-hub==0.12.0',
    'tensorflow-datasets==4.8.3',
    'tensorflow-metadata==1.12.0',
    'etils==1.3.0',
    'attrs',
    'fire',
    'gin-config',
    'librosa==0.8.1',
    'lxml',
    'matplotlib==3.4.3',
    'numba==0.56.4',
    'numpy==1.23.3',
    'pandas==2.0.3',
    'pillow',
    'protobuf==3.19.6',
    'pyyaml',
    'sentencepiece',
    'setuptools==69.5.1',
    'typeguard==2.13.3',
  ),
  alone=(
    'tflite-model-maker==0.4.3',
    'neural-structured-learning==1.4.0',
    'pybind11',
    'scann==1.2.6',
    'tensorflow-addons==0.16.1',
    'tensorflow-model-optimization==0.7.3',
    'tensorflowjs==3.18.0',
    'tf-models-official==2.3.0',
    'tflite-support==0.4.3',
  ),
)
NETRON = environments.Environment('netron', '3.11', ('netron==9.3.3',))
MODELSCAN = environments.Environment(
  'modelscan', '3.11', ('modelscan==0.8.8', 'tensorflow-cpu==2.21.*')
)
