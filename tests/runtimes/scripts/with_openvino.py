"""Runs files in OpenVINO, in the Python of its own environment.

Files to run come as JSON, and answers go so.
"""

import importlib
import json
import sys

import numpy as np

openvino = importlib.import_module('openvino')  # Of its environment alone.

# Without it, processors that can compute in bfloat16 do.
_OPTIONS = {'INFERENCE_PRECISION_HINT': 'f32'}


def answer(given):
  """The answers to the pictures, one by one."""
  model = openvino.Core().compile_model(given['file'], 'CPU', _OPTIONS)
  images: np.ndarray = np.array(given['pictures'], np.uint8)
  images = images.reshape([-1, 1, given['size'], given['size'], 3])
  if not given['isBytes']:
    images = images / np.float32(255)
  if given['isChannelsFirst']:
    images = images.transpose(0, 1, 4, 2, 3)
  output = model.output(given['output'])
  return [model({'inputs': image})[output][0].tolist() for image in images]


def main():
  """Answers for each file, or says why not."""
  found = []
  for given in json.load(sys.stdin):
    try:
      found.append(answer(given))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a result.
      found.append(str(error))
  json.dump(found, sys.stdout)


if __name__ == '__main__':
  main()
