// Says beside the pointer, or the focus, what a mark stands for.

document.querySelectorAll('.chart-box').forEach((box) => {
  const details = document.createElement('p');
  details.className = 'chart-details';
  details.hidden = true;
  details.setAttribute('aria-hidden', 'true'); // It is the mark's own name.
  box.append(details);

  const hide = () => {
    details.hidden = true;
  };
  const show = (mark) => {
    const [name, facts] = mark.getAttribute('aria-label').split(': ');
    const strong = document.createElement('strong');
    strong.textContent = name;
    details.replaceChildren(strong, facts);
    details.hidden = false;
    const at = mark.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    const width = details.offsetWidth;
    const left = at.left + at.width / 2 - frame.left - width / 2;
    const most = Math.max(0, frame.width - width);
    details.style.left = `${Math.min(Math.max(0, left), most)}px`;
    details.style.top = `${at.top - frame.top - details.offsetHeight - 8}px`;
  };
  box.querySelectorAll('.chart-link').forEach((mark) => {
    mark.querySelector('title').remove(); // Else the browser says it again.
    mark.addEventListener('pointerenter', () => show(mark));
    mark.addEventListener('focus', () => show(mark));
    mark.addEventListener('pointerleave', hide);
    mark.addEventListener('blur', hide);
  });
});
