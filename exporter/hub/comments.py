"""Makes markdown-it leave HTML comments out of what it renders.

All other HTML stays switched off and is shown as text. With the `html` option
of markdown-it, comments would not be seen either, but a browser would obey
every other tag.
"""

import bisect
from collections.abc import MutableMapping
from typing import Any

import markdown_it
from markdown_it import rules_block
from markdown_it import rules_inline

_OPEN, _CLOSE = '<!--', '-->'
# Keys of what is found out during a rendering, in markdown-it's `env`.
_END, _LEFT = 'comments.end', 'comments.left'


def _find_end(env: MutableMapping[str, Any], text: str, at: int) -> int:
  """Where the comment that is open at a place is closed; -1 if nowhere.

  What was found is kept, so that many comments that are never closed do not
  take the square of their number.
  """
  searched, begin, end = env.get(_END, ('', 0, 0))
  if searched is not text or at < begin or 0 <= end < at:
    end = text.find(_CLOSE, at)
    env[_END] = (text, at, end)
  return end


def _leaves(state: rules_block.StateBlock, start: int, last: int) -> bool:
  """Whether the lines after the first leave the list item that holds it."""
  indent, begin, left_at = state.env.get(_LEFT, (0, 0, 0))
  if indent == state.blkIndent and begin <= start < left_at <= last:
    return True
  for line in range(start + 1, last + 1):
    if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
      state.env[_LEFT] = (state.blkIndent, start, line)
      return True
  return False


def _block(
  state: rules_block.StateBlock, start: int, end: int, silent: bool
) -> bool:
  """Skips a comment of whole lines; markdown-it calls it as a block rule."""
  at = state.bMarks[start] + state.tShift[start]
  if not state.src.startswith(_OPEN, at):
    return False
  close = _find_end(state.env, state.src, at + len(_OPEN))
  if close < 0:
    return False
  last = bisect.bisect_left(state.eMarks, close, start)
  # `_inline` skips a comment that has text behind it on its last line.
  is_amid = state.src[close + len(_CLOSE) : state.eMarks[last]].strip()
  if last >= end or is_amid or _leaves(state, start, last):
    return False
  if not silent:  # A silent call only asks if a paragraph ends here.
    state.line = last + 1
  return True


def _inline(state: rules_inline.StateInline, silent: bool) -> bool:
  """Skips a comment amid text; markdown-it calls it as an inline rule."""
  del silent  # It forbids new tokens, and a comment makes none.
  if not state.src.startswith(_OPEN, state.pos):
    return False
  end = _find_end(state.env, state.src, state.pos + len(_OPEN))
  if not 0 <= end <= state.posMax - len(_CLOSE):
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
