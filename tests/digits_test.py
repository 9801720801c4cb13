r"""Numbers of others are of the digits 0 to 9, and of no other script.

Python takes hundreds of digits of other scripts for digits: in `\d`, in
`isdecimal` and in `int`. Two spellings of one number are two names of one
thing, of which a hub or a file system knows one.
"""

import ast
import pathlib

from tests import each
from tests import source_tree

_MODULES = {
  name: path
  for name, path in source_tree.modules().items()
  if name.split('.')[0] in ('exporter', 'model_specs')
}
_OF_ANY_SCRIPT = {'isdecimal', 'isdigit', 'isnumeric', 'isalnum', 'isalpha'}


class _Digits(ast.NodeVisitor):
  """The lines that take digits of any script, as far as can be seen."""

  def __init__(self) -> None:
    self.lines: list[int] = []

  def visit(self, node: ast.AST) -> None:
    """Looks at all but what says itself that it is of ASCII."""
    is_whole = isinstance(node, ast.BoolOp | ast.Call)
    if is_whole and {'isascii', 'ASCII'} & {
      each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)
    }:
      return
    super().visit(node)

  def visit_Constant(self, node: ast.Constant) -> None:
    """A pattern; texts of several lines are words for people."""
    value = node.value
    if isinstance(value, str) and '\n' not in value and r'\d' in value:
      self.lines.append(node.lineno)

  def visit_Attribute(self, node: ast.Attribute) -> None:
    """A method of texts."""
    if node.attr in _OF_ANY_SCRIPT:
      self.lines.append(node.lineno)
    self.generic_visit(node)


def _lines(path: pathlib.Path) -> list[int]:
  digits = _Digits()
  digits.visit(ast.parse(path.read_text('utf-8')))
  return digits.lines


@each.over('name', _MODULES)
def test_digits_are_those_of_ascii(name):
  assert not _lines(_MODULES[name])
