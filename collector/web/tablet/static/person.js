// One person: promises, one question at a time, the number. All of it is in memory, and gone with this page.
const person = (visit) => {
  const form = by('f'), set = form.dataset, rules = JSON.parse(set.rules), title = doc.querySelector('h1');
  const boxes = ['first', 'f', 'young', 'thanks'].map(by), next = by('next'), back = by('back'), button = by('send');
  let at = 0, touched = Date.now(), asked = 0, done = 0;
  const only = (box, text) => {
    boxes.forEach((one) => show(one, one === box));
    title.textContent = text;
    body.classList.toggle('first', box === boxes[0]);
    body.classList.toggle('js', box === form);
    show(by('other'), box === boxes[0]);
    show(by('stop'), box === form);
  };
  const list = by('given'), wipe = () => { form.reset(); list.textContent = ''; form.remove(); };
  const leave = () => { wipe(); go('/t/curtain'); };

  // Screens: a divider where there is something to say, each question, the end.
  const questions = all('.q', form), screens = [], end = by('end');
  all('section', form).forEach((part) => {
    const note = part.querySelector('.note'), head = part.querySelector('h2');
    if (note) {
      const divider = make('div', '');
      part.prepend(divider);
      divider.append(head, note);
      screens.push(divider);
    } else head.remove();
    screens.push(...all('.q', part));
  });
  screens.push(end);
  all('input,textarea', form).forEach((field) => {
    ['autocomplete', 'autocorrect', 'autocapitalize'].forEach((name) => field.setAttribute(name, 'off'));
    field.spellcheck = false;
  });
  const bar = make('div', '', { className: 'bar' }), progress = make('i', '');
  bar.append(progress);
  form.prepend(bar);
  const wrong = make('p', '', { className: 'left wrong', id: 'wrong' });
  wrong.setAttribute('role', 'alert');
  all('.s', form).forEach(group);

  const codeOf = (q) => q.querySelector('input,textarea').name;
  const given = (q) => {
    const box = q.querySelector('textarea');
    return box ? cleaned(box.value) : all('input:checked', q).map((field) => field.value);
  };
  const labels = (q) => all('input:checked+span', q).map((span) => span.textContent).concat(q.querySelector('textarea') ? given(q) : []);
  // What is wrong with an answer, in words; nothing when it may be kept.
  const fault = (q) => {
    const rule = rules[codeOf(q)] || {}, answer = given(q);
    if (typeof answer === 'string') return tooLong(answer, rule.max, +set.letters) ? filled(says.long, rule.max, letters(answer)) : '';
    const alone = answer.length > 1 && (rule.alone || []).find((code) => answer.includes(code));
    if (alone) return filled(says.alone, all('input:checked', q).find((field) => field.value === alone).nextSibling.textContent);
    return answer.length > rule.max ? filled(says.many, rule.max) : '';
  };
  const young = () => questions.some((q) => ((rules[codeOf(q)] || {}).stops || []).some((code) => given(q).includes(code)));

  const label = () => {
    const q = screens[at];
    next.textContent = q.matches('.q') && !given(q).length ? says.skip : says.next;
    wrong.textContent = q.matches('.q') && wrong.textContent ? fault(q) : '';
    const rule = q.matches('.q') && q.querySelector('textarea') && rules[codeOf(q)], now = rule ? letters(given(q)) : 0;
    if (rule && !wrong.textContent) counted.textContent = now > rule.max * .8 ? filled(says.letters, rule.max, now) : '';
  };
  const counted = make('p', '', { className: 'left' });
  counted.setAttribute('role', 'status');
  const to = (where) => {
    at = where;
    const now = screens[at], passed = screens.slice(0, at + 1).filter((one) => one.matches('.q')).length;
    wrong.textContent = counted.textContent = '';
    screens.forEach((one) => show(one, one === now));
    progress.style.width = 100 * (now.matches('.q') ? passed - 1 : passed) / questions.length + '%';
    only(form, now.matches('.q') ? filled(says.of, passed) : now === end ? says.all : now.querySelector('h2').textContent);
    show(next, now !== end);
    if (now.matches('.q')) now.append(counted, wrong);
    else end.prepend(wrong);
    if (now === end) look();
    label();
    const head = now.querySelector('legend,label') || title;
    head.tabIndex = -1;
    scrollTo(0, 0);
    head.focus({ preventScroll: true });
  };
  const look = () => {
    list.textContent = '';
    questions.forEach((q) => {
      const item = make('li', ''), again = make('button', q.querySelector('legend,label').firstChild.textContent, { type: 'button', className: 'again' });
      again.onclick = () => to(screens.indexOf(q));
      item.append(again, make('span', labels(q).filter(Boolean).join(', ') || '–'));
      list.append(item);
    });
  };
  const stopYoung = () => { wipe(); done = Date.now(); only(boxes[2], says.young); };
  const start = () => { only(boxes[0], says.ask); scrollTo(0, 0); };

  next.onclick = () => {
    const q = screens[at], words = q.matches('.q') && fault(q);
    if (words) { wrong.textContent = words; wrong.scrollIntoView({ block: 'center' }); }
    else if (young()) stopYoung();
    else to(at + 1);
  };
  back.onclick = () => at ? to(at - 1) : start();
  form.oninput = form.onchange = label;
  form.onsubmit = () => { if (at < screens.length - 1) next.click(); };

  // Sent: sealed, on the disk, and only then the number.
  button.onclick = async () => {
    const faulty = questions.find(fault), answers = {};
    if (faulty) { to(screens.indexOf(faulty)); next.click(); return; }
    if (young()) { stopYoung(); return; }
    questions.forEach((q) => {
      const answer = given(q), code = codeOf(q);
      if (code !== 'help' && answer.length) answers[code] = typeof answer === 'string' || q.querySelector('[type=checkbox]') ? answer : answer[0];
    });
    show(by('empty'), !Object.keys(answers).length);
    show(by('full'), false);
    if (!by('empty').hidden) { by('empty').focus(); return; }
    button.disabled = true;
    let number;
    try {
      number = await sealed(visit, set, answers, given(by('help'))[0] || 'none');
    } catch (error) {
      button.disabled = false;
      show(by('full'), true);
      by('full').focus();
      return;
    }
    wipe();
    done = Date.now();
    only(boxes[3], says.thanks);
    by('number').textContent = number;
    scrollTo(0, 0);
    title.tabIndex = -1;
    title.focus();
    send();
  };

  all('[data-leave]').forEach((one) => { one.onclick = leave; });
  all('[data-go]').forEach((one) => {
    one.onclick = () => one.dataset.go === set.variant ? to(0) : go(one.dataset.at + '#on');
  });
  // Three minutes without a touch: a question for 30 seconds, then the curtain. The number stays for two minutes.
  const still = by('still'), touch = () => { if (still.hidden || !asked) touched = Date.now(); };
  const ask = (shown, heading) => {
    show(still, shown);
    show(by('still-text'), asked);
    all('header,main>:not(#still)').forEach((one) => { one.inert = shown; });
    if (!shown) return;
    by('still-name').textContent = heading;
    by('on').focus();
  };
  ['pointerdown', 'touchstart', 'keydown', 'input', 'scroll'].forEach((name) => addEventListener(name, touch, true));
  by('stop').onclick = () => ask(true, by('stop').textContent);
  by('on').onclick = () => { asked = 0; touch(); ask(false); };
  setInterval(() => {
    const quiet = Date.now() - touched;
    if (all('audio').some((one) => !one.paused)) touch();
    else if (done ? Date.now() - done > 12e4 : quiet > 21e4 || quiet < -6e4) leave();
    else if (quiet > 18e4 && !asked) {
      asked = 1;
      ask(true, says.still);
    }
  }, 1000);
  // Left in any way: nothing stays to come back to.
  addEventListener('pagehide', wipe);
  addEventListener('pageshow', (event) => { if (event.persisted) leave(); });
  if (location.hash) { history.replaceState(null, '', location.pathname); to(0); } else start();
};

// Groups under headings open one at a time.
const group = (q) => {
  const heads = all('p.b', q).map((p) => {
    const own = [], head = make('button', p.textContent, { type: 'button', className: 'b' });
    for (let one = p.nextElementSibling; one && one.matches('label'); one = one.nextElementSibling) own.push(one);
    p.replaceWith(head);
    return [head, own];
  });
  const open = (which) => heads.forEach(([head, own]) => {
    head.setAttribute('aria-expanded', head === which);
    own.forEach((label) => show(label, head === which || label.firstChild.checked));
  });
  heads.forEach(([head]) => { head.onclick = () => open(head.getAttribute('aria-expanded') === 'true' ? 0 : head); });
  open();
};

const sealed = async (visit, { survey, version, variant, language, catalogue }, answers, help) => {
  const key = chance(16), id = hex(chance(16)), { key: point } = await listed();
  const inside = { key: hex(key), survey, version, variant, language, catalogue, help, day: today(), answers };
  await lockAway(visit, id, base64url(await seal(unbase64url(point), visit.id, id, JSON.stringify(inside))));
  return receipt(key);
};
