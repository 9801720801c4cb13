"""Runs files in OpenCV, in the Python of its own environment.

Files to run come as JSON, and answers go so.
"""

import importlib
import json
import sys

import numpy as np

cv2 = importlib.import_module('cv2')  # Of its environment alone.


def answer(given):
  """The answers to the pictures, all at once."""
  net = cv2.dnn.readNet(given['file'])
  images: np.ndarray = np.array(given['pictures'], np.uint8)
  images = images.reshape([-1, given['size'], given['size'], 3])
  if not given['isBytes']:
    images = images / np.float32(255)
  # Of a LiteRT file OpenCV makes a network with channels first.
  if given['isChannelsFirst'] or given['file'].endswith('.tflite'):
    images = images.transpose(0, 3, 1, 2)
  net.setInput(np.ascontiguousarray(images))
  return net.forward().tolist()


def main():
  """Answers for each file, or says why not."""
  found = []
  for given in json.load(sys.stdin):
    try:
      found.append(answer(given))
    except cv2.error as error:
      found.append(str(error))
  json.dump(found, sys.stdout)


if __name__ == '__main__':
  main()
