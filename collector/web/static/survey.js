// One part at a time, with "Part 2 of 8". Without this script the whole survey is on the page.
(() => {
  const form = document.getElementById('f'), send = document.getElementById('send');
  const parts = [...form.querySelectorAll('section')];
  if (document.getElementById('problem')) { problem.focus(); return; }
  if (parts.length < 2) return;
  const make = (name, text, more) => Object.assign(document.createElement(name), { textContent: text }, more);
  const bar = make('div', '', { className: 'bar', ariaHidden: 'true' });
  parts.forEach(() => bar.append(make('i', '')));
  const where = make('p', '', { className: 'draft' });
  const next = make('button', form.dataset.next, { type: 'button', className: 'button' });
  const back = make('button', form.dataset.back, { type: 'button', className: 'button plain' });
  const go = make('div', '', { className: 'go' });
  let at = 0;
  const show = (to, focus) => {
    at = to;
    parts.forEach((part, i) => { part.hidden = i !== at; });
    [...bar.children].forEach((mark, i) => { mark.className = i <= at ? 'on' : ''; });
    where.textContent = form.dataset.of.replace('#', at + 1);
    back.hidden = !at;
    next.hidden = !(send.hidden = at < parts.length - 1);
    if (focus) {
      const heading = parts[at].querySelector('h2');
      heading.tabIndex = -1;
      scrollTo(0, 0);
      heading.focus({ preventScroll: true });
    }
  };
  form.prepend(bar, where);
  go.append(next, send, back);
  form.append(go);
  document.body.classList.add('js');
  next.onclick = () => { history.pushState(at + 1, ''); show(at + 1, 1); };
  back.onclick = () => history.back();
  onpopstate = (event) => show(event.state || 0, 1);
  onpageshow = (event) => { if (event.persisted) { form.reset(); show(0); } };
  form.onsubmit = (event) => {
    if (at < parts.length - 1 && (!event.submitter || event.submitter.hidden)) { event.preventDefault(); next.click(); }
  };
  history.replaceState(0, '');
  show(0);
})();
