// One question a screen, and nothing lost in this tab. Without this script the whole survey is on the page.
(() => {
  const doc = document, form = doc.getElementById('f'), words = form.dataset, path = location.pathname.split('/');
  // Letters as a reader counts them: marks and joiners do not count. Older browsers count more, never less.
  let marks = /[\u0300-\u036f]/g;
  try { marks = new RegExp('[\\p{M}\\p{Cf}]', 'gu'); } catch (e) {}
  const count = (text) => [...text.trim().normalize('NFC').replace(marks, '')].length;
  const make = (kind, text, more) => Object.assign(doc.createElement(kind), { textContent: text }, more);
  const press = (text, look, onclick) => make('button', text, { type: 'button', className: look, onclick: onclick });
  const all = (what, within) => [...(within || form).querySelectorAll(what)];
  // Beside an answer: too many picks, letters left.
  all('[data-max]').forEach((q) => {
    const most = +q.dataset.max, box = q.querySelector('textarea'), says = make('output', '');
    q.append(says);
    (q.oninput = q.onchange = () => {
      const n = box ? count(box.value) : all(':checked', q).length;
      says.textContent = n > most || box && n >= most * .8 ? (box ? words.letters.replace('#', n).replace('#', most) : q.dataset.many) : '';
      says.className = n > most ? 'wrong' : '';
    })();
  });
  if (self.problem) { problem.focus(); return; }

  // What is kept in this tab: by place and variant, whatever the language; for 20 minutes.
  const tab = path[2] + path[4];
  const read = () => {
    try {
      const found = JSON.parse(sessionStorage[tab]);
      if (Date.now() - found.t < 12e5) return found;
    } catch (e) {}
    return { a: [] };
  };
  const kept = read();
  const pass = form.elements.key || make('input', '', { type: 'hidden', name: 'key' });
  try {
    pass.value = pass.value || kept.k || [...crypto.getRandomValues(new Uint8Array(16))].map((b) => (b + 256).toString(16).slice(1)).join('');
  } catch (e) {}
  form.append(pass);
  kept.a.forEach(([of, value]) => all('[name=' + of + ']').forEach((field) => {
    if (field.rows) field.value = value;
    else if (field.value === value) field.checked = true;
  }));

  // Screens: a divider where there is something to say, each question, the end.
  const screens = [], questions = all('.q'), end = doc.getElementById('end'), list = make('ul', ''), review = make('details', '');
  all('section').forEach((part) => {
    const note = part.querySelector('.note'), heading = part.querySelector('h2');
    if (note) {
      const divider = make('div', '');
      part.prepend(divider);
      divider.append(heading, note);
      screens.push(divider);
    } else heading.remove();
    screens.push(...all('.q', part));
  });
  screens.push(end);
  review.append(make('summary', words.look), list);
  end.append(review);
  end.querySelector('p').hidden = false;

  // Groups under headings open one at a time.
  all('.s').forEach((q) => {
    const heads = all('p.b', q).map((p) => {
      const own = [], head = press(p.textContent, 'b', () => open(head.getAttribute('aria-expanded') === 'true' ? 0 : head));
      for (let row = p.nextElementSibling; row && row.matches('label'); row = row.nextElementSibling) own.push(row);
      p.replaceWith(head);
      return [head, own];
    });
    const open = (which) => heads.forEach(([head, own]) => {
      head.setAttribute('aria-expanded', head === which);
      own.forEach((row) => { row.hidden = head !== which && !row.firstChild.checked; });
    });
    open();
  });

  const topic = doc.querySelector('h1'), bar = make('progress', '', { max: questions.length, ariaHidden: true });
  const foot = make('nav', '', { className: 'foot' });
  let at = 0;
  const depth = () => (history.state || {}).depth || 0;
  const moved = (to, deep) => ({ at: to, depth: deep });
  const step = (to) => { history.pushState(moved(to, depth() + 1), ''); show(to, 1); };
  const former = press(words.back, 'button plain', () => {
    if (depth()) history.back();
    else { history.replaceState(moved(at - 1, 0), ''); show(at - 1, 1); }
  });
  const onward = press('', 'button', () => step(at + 1));
  foot.append(former, onward);
  topic.parentNode.after(bar);
  form.append(foot);

  const given = (q) => all(':checked+span', q).map((span) => span.textContent).concat(all('textarea', q).map((box) => box.value.trim())).filter(Boolean).join(', ');
  const save = () => {
    const answers = [];
    all('.q :checked,textarea').forEach((field) => field.value && answers.push([field.name, field.value]));
    onward.textContent = screens[at].className && !given(screens[at]) ? words.skip : words.next;
    try {
      sessionStorage[tab] = JSON.stringify({ t: Date.now(), k: pass.value, at: at, a: answers });
    } catch (e) {}
  };
  const show = (to, focus) => {
    at = screens[to] ? to : 0;
    const shown = screens[at], asks = shown.className, passed = screens.slice(0, at + 1).filter((screen) => screen.className).length;
    screens.forEach((screen) => { screen.hidden = screen !== shown; });
    bar.value = passed - !!asks;
    topic.textContent = doc.title = asks ? words.of.replace('#', passed) : shown.querySelector('h2').textContent;
    former.hidden = !at;
    onward.hidden = shown === end;
    doc.body.className = shown === end ? 'js end' : 'js';
    if (shown === end) {
      list.textContent = '';
      questions.forEach((q) => {
        const item = make('li', '');
        item.append(press(q.querySelector('legend,label').firstChild.textContent, '', () => step(screens.indexOf(q))), make('span', given(q) || '–'));
        list.append(item);
      });
    }
    save();
    if (focus) {
      const head = shown.querySelector('legend,label') || topic;
      head.tabIndex = -1;
      scrollTo(0, 0);
      head.focus({ preventScroll: true });
    }
  };
  onpopstate = (event) => { if (event.state) show(event.state.at, 1); };
  // Kept, then the language that was pressed; back at the same question.
  all('[formaction]', doc).forEach((other) => {
    other.onclick = (event) => { event.preventDefault(); save(); location = other.getAttribute('formaction').slice(0, -3); };
  });
  form.oninput = form.onchange = save;
  // Enter goes on until all was asked.
  form.onsubmit = (event) => { if (screens[at] !== end) { event.preventDefault(); onward.click(); } };
  // Come back to by the browser's own keeping: only what this tab still holds for this sitting may be seen.
  onpageshow = (event) => { if (event.persisted && read().k !== pass.value) location.reload(); };
  const first = history.state || moved(kept.at || 0, 0);
  history.replaceState(first, '');
  show(first.at, kept.at);
})();
