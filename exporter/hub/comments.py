"""How Markdown is read here: HTML comments are rendered to nothing.

All other HTML stays switched off, so that it is text like any other. With the
`html` option of markdown-it, comments would not be seen either, but every other
tag would be obeyed.
"""

import markdown_it
from markdown_it import rules_block
from markdown_it import rules_inline

_OPEN, _CLOSE = '<!--', '-->'


def _block(
  state: rules_block.StateBlock, start: int, end: int, silent: bool
) -> bool:
  """Takes whole lines that are one comment, as markdown-it calls its rules."""
  at = state.bMarks[start] + state.tShift[start]
  if not state.src.startswith(_OPEN, at):
    return False
  at += len(_OPEN)
  for line in range(start, end):
    outside = state.sCount[line] < state.blkIndent and not state.isEmpty(line)
    if line > start and outside:  # Of the list that the comment began in.
      return False
    _, closed, rest = state.src[at : state.eMarks[line]].partition(_CLOSE)
    if closed:
      if rest.strip():  # Then it is amid text: `_inline` takes it.
        return False
      if not silent:  # Else it was only asked whether a paragraph ends here.
        state.line = line + 1
      return True
    at = state.eMarks[line] + 1
  return False


def _inline(state: rules_inline.StateInline, silent: bool) -> bool:
  """Takes a comment amid text, as markdown-it calls its rules."""
  del silent  # There is no token that it could forbid.
  if not state.src.startswith(_OPEN, state.pos):
    return False
  end = state.src.find(_CLOSE, state.pos + len(_OPEN), state.posMax)
  if end < 0:
    return False
  state.pos = end + len(_CLOSE)
  return True


def leave_out(reader: markdown_it.MarkdownIt) -> None:
  """Adds the rules to a reader of Markdown."""
  # Where the rule for HTML stands: after those for code, whose it is first.
  reader.block.ruler.before(
    'html_block', 'comment', _block, {'alt': ['paragraph', 'blockquote']}
  )
  reader.inline.ruler.before('html_inline', 'comment', _inline)
