// One question a screen, and nothing lost in this tab. Without this script the whole survey is on the page.
(() => {
  const doc = document, form = doc.getElementById('f'), words = form.dataset;
  // Letters as a reader counts them: marks and joiners do not count. Older browsers count more, never less.
  let marks = /[\u0300-\u036f]/g;
  try { marks = new RegExp('[\\p{M}\\p{Cf}]', 'gu'); } catch (e) {}
  const letters = (text) => [...text.trim().normalize('NFC').replace(marks, '')].length;
  const make = (name, text, more) => Object.assign(doc.createElement(name), { textContent: text }, more);
  const all = (what, within) => [...(within || form).querySelectorAll(what)];
  // Beside an answer: too many picks, letters left.
  const beside = (q) => q.appendChild(make('p', '', { className: 'left' })) ;
  all('[data-max]').forEach((q) => {
    const most = +q.dataset.max, box = q.querySelector('textarea'), says = beside(q);
    says.setAttribute('role', 'status');
    q.oninput = q.onchange = () => {
      const n = box ? letters(box.value) : all(':checked', q).length;
      const near = box ? n >= most * .8 : n > most;
      says.textContent = near ? (box ? words.letters.replace('#', n).replace('#', most) : q.dataset.many) : '';
      says.className = n > most ? 'left wrong' : 'left';
    };
    q.oninput();
  });
  if (doc.getElementById('problem')) { problem.focus(); return; }

  // What is kept in this tab: by place and variant, whatever the language; for 20 minutes.
  const path = location.pathname.split('/'), name = path[2] + '/' + (path[4] || '');
  let kept = {};
  try {
    kept = JSON.parse(sessionStorage[name] || '{}');
    if (!(Date.now() - kept.t < 12e5)) kept = {};
  } catch (e) {}
  let key = form.elements.key;
  if (!key) {
    try {
      const fresh = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => (b + 256).toString(16).slice(1)).join('');
      form.append(key = make('input', '', { type: 'hidden', name: 'key', value: kept.k || fresh }));
    } catch (e) {}
  }
  const mine = (field) => field.closest && field.closest('.q');
  (kept.a || []).forEach(([of, value]) => all('[name="' + of + '"]').filter(mine).forEach((field) => {
    if (field.type === 'textarea') field.value = value;
    else if (field.value === value) field.checked = true;
  }));

  // Screens: a divider where there is something to say, each question, the end.
  const screens = [], questions = all('.q');
  all('section').forEach((part) => {
    const note = part.querySelector('.note');
    if (note) {
      const divider = make('div', '');
      part.prepend(divider);
      divider.append(part.querySelector('h2'), note);
      screens.push(divider);
    } else part.querySelector('h2').remove();
    screens.push(...all('.q', part));
  });
  const end = doc.getElementById('end'), send = doc.getElementById('send');
  screens.push(end);
  const look = make('details', ''), list = make('ul', '');
  look.append(make('summary', words.look), list);
  end.append(look);

  // Groups under headings open one at a time.
  all('.s').forEach((q) => {
    const heads = all('p.b', q).map((p) => {
      const own = [];
      for (let at = p.nextElementSibling; at && at.matches('label'); at = at.nextElementSibling) own.push(at);
      const head = make('button', p.textContent, { type: 'button', className: 'b' });
      p.replaceWith(head);
      return [head, own];
    });
    const open = (which) => heads.forEach(([head, own]) => {
      head.setAttribute('aria-expanded', head === which);
      own.forEach((label) => { label.hidden = head !== which && !label.firstChild.checked; });
    });
    heads.forEach(([head]) => { head.onclick = () => open(head.getAttribute('aria-expanded') === 'true' ? 0 : head); });
    open();
  });

  const title = doc.querySelector('h1'), bar = make('div', '', { className: 'bar' }), part = make('i', '');
  bar.append(part);
  const back = make('button', words.back, { type: 'button', className: 'button plain' });
  const next = make('button', '', { type: 'button', className: 'button' });
  const go = make('nav', '', { className: 'foot' });
  go.append(back, next);
  title.parentNode.after(bar);
  form.append(go);
  doc.body.classList.add('js');

  let at = 0;
  const chosen = (q) => all('input:checked', q).length || all('textarea', q).some((box) => box.value.trim());
  const save = () => {
    const q = screens[at], answers = [];
    next.textContent = q.matches('.q') && !chosen(q) ? words.skip : words.next;
    questions.forEach((one) => all('input:checked,textarea', one).forEach((f) => f.value && answers.push([f.name, f.value])));
    try {
      sessionStorage[name] = JSON.stringify({ t: Date.now(), k: key && key.value, at: at, a: answers });
    } catch (e) {}
  };
  const show = (to, focus) => {
    at = Math.min(Math.max(to, 0), screens.length - 1);
    const now = screens[at], passed = screens.slice(0, at + 1).filter((s) => s.matches('.q')).length;
    screens.forEach((screen) => { screen.hidden = screen !== now; });
    part.style.width = 100 * (now.matches('.q') ? passed - 1 : passed) / questions.length + '%';
    const says = now.matches('.q') ? words.of.replace('#', passed) : now.querySelector('h2').textContent;
    title.textContent = doc.title = says;
    back.hidden = !at;
    next.hidden = now === end;
    doc.body.classList.toggle('end', now === end);
    if (now === end) fill();
    save();
    if (focus) {
      const head = now.querySelector('legend,label') || title;
      head.tabIndex = -1;
      scrollTo(0, 0);
      head.focus({ preventScroll: true });
    }
  };
  const fill = () => {
    list.textContent = '';
    questions.forEach((q, i) => {
      const given = all('input:checked+span', q).map((s) => s.textContent).concat(all('textarea', q).map((b) => b.value.trim()));
      const item = make('li', ''), again = make('button', q.querySelector('legend,label').firstChild.textContent, { type: 'button', className: 'again' });
      again.onclick = () => step(screens.indexOf(q));
      item.append(again, make('span', given.filter(Boolean).join(', ') || '–'));
      list.append(item);
    });
  };
  const state = (to, depth) => ({ at: to, depth: depth });
  const step = (to) => { history.pushState(state(to, ((history.state || {}).depth || 0) + 1), ''); show(to, 1); };
  next.onclick = () => step(at + 1);
  back.onclick = () => {
    if ((history.state || {}).depth) history.back();
    else { history.replaceState(state(at - 1, 0), ''); show(at - 1, 1); }
  };
  onpopstate = (event) => { if (event.state) show(event.state.at, 1); };
  // Kept, then the language that was pressed; back at the same question.
  all('[formaction]', doc).forEach((button) => {
    button.onclick = (event) => { event.preventDefault(); save(); location.assign(button.getAttribute('formaction').split('?')[0]); };
  });
  form.oninput = form.onchange = save;
  send.onclick = () => { form.dataset.sent = 1; };
  form.onsubmit = (event) => {
    if (at < screens.length - 1 && !form.dataset.sent) { event.preventDefault(); next.click(); }
  };
  // Come back to by the browser's own keeping: only what this tab still holds may be seen.
  onpageshow = (event) => {
    if (!event.persisted) return;
    try { if (sessionStorage[name]) return; } catch (e) {}
    location.reload();
  };
  const first = history.state && history.state.at !== undefined ? history.state : state(kept.at || 0, 0);
  history.replaceState(first, '');
  show(first.at, kept.at);
})();
