// What the theme leaves out for those who hear a page or use no mouse.

document.querySelector('.md-search')?.setAttribute('aria-label', 'Search');

const mend = () => {
  document
    .querySelectorAll('.md-typeset__scrollwrap:not([tabindex])')
    .forEach((box) => {
      box.tabIndex = 0; // Arrow keys move what is wider than the page.
    });
  document.querySelectorAll('nav.md-code__nav:not([role])').forEach((bar) => {
    bar.setAttribute('role', 'none'); // One a snippet: no place to jump to.
  });
};

// The theme's own script adds them when it is ready.
new MutationObserver(mend).observe(document.body, {
  childList: true,
  subtree: true,
});
mend();
