"""Makes markdown-it leave HTML comments out of what it renders.

All other HTML stays switched off and is shown as text. With the `html` option
of markdown-it, comments would not be seen either, but a browser would obey
every other tag.
"""

import markdown_it
from markdown_it import rules_block
from markdown_it import rules_inline

_OPEN, _CLOSE = '<!--', '-->'


def _block(
  state: rules_block.StateBlock, start: int, end: int, silent: bool
) -> bool:
  """Skips a comment of whole lines; markdown-it calls it as a block rule."""
  at = state.bMarks[start] + state.tShift[start]
  if not state.src.startswith(_OPEN, at):
    return False
  at += len(_OPEN)
  for line in range(start, end):
    outside = state.sCount[line] < state.blkIndent and not state.isEmpty(line)
    if line > start and outside:  # The list item ends before the comment.
      return False
    _, closed, rest = state.src[at : state.eMarks[line]].partition(_CLOSE)
    if closed:
      if rest.strip():  # It is amid text, which `_inline` is for.
        return False
      if not silent:  # A silent call only asks if a paragraph ends here.
        state.line = line + 1
      return True
    at = state.eMarks[line] + 1
  return False


def _inline(state: rules_inline.StateInline, silent: bool) -> bool:
  """Skips a comment amid text; markdown-it calls it as an inline rule."""
  del silent  # It forbids new tokens, and a comment makes none.
  if not state.src.startswith(_OPEN, state.pos):
    return False
  end = state.src.find(_CLOSE, state.pos + len(_OPEN), state.posMax)
  if end < 0:
    return False
  state.pos = end + len(_CLOSE)
  return True


def leave_out(reader: markdown_it.MarkdownIt) -> None:
  """Makes a reader of Markdown leave comments out."""
  # The rules stand where those for HTML do: after the rules for code, so that a
  # comment in code is shown.
  reader.block.ruler.before(
    'html_block', 'comment', _block, {'alt': ['paragraph', 'blockquote']}
  )
  reader.inline.ruler.before('html_inline', 'comment', _inline)
