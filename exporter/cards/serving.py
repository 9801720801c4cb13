"""How TensorFlow Serving is given a SavedModel, and asked over HTTP."""

import string

from exporter import markdown
import model_specs

_COMMAND = string.Template("""
docker run --rm -p 8501:8501 -e MODEL_NAME=$name \\
  -v "$$PWD/exports/$handle:/models/$name/$number" \\
  tensorflow/serving
""")

_CALL = string.Template("""
import numpy as np
import requests

url = 'http://127.0.0.1:8501/v1/models/$name:predict'
images = np.random.uniform(size=[2, $size, $size, $channels])
answer = requests.post(url, json={'instances': images.tolist()})
$output = np.array(answer.json()['predictions'])
""")


def serving_code(handle: model_specs.Handle) -> str:
  """The command that serves a handle, and a call of it, as Markdown.

  Returns:
    Two blocks; nothing where a handle has no signature to be served.
  """
  if not handle.version.serving_default:
    return ''
  facts = {
    'handle': handle,
    'name': handle.spec.name,
    'number': handle.number,
    'size': handle.spec.size,
    'channels': handle.spec.family.channels,
    'output': handle.output,
  }
  command = markdown.code(_COMMAND.substitute(facts), 'sh')
  return f'{command}\n\n{markdown.code(_CALL.substitute(facts))}'
