// For whoever hands the tablet over: pair, get the pages, start, count, send, finish.
const helper = async () => {
  const room = by('room'), tongues = all('template'), picker = by('picker');
  let at, words, tablet, broken = missing();
  if (!broken) {
    try { tablet = await known('tablet'); } catch (error) { broken = 'old'; }
  }
  const say = (name, shown) => { if (at[name]) show(at[name], shown); };
  const tell = (text) => { at.says.textContent = text; show(at.says, text); };
  const speak = (tag) => {
    const own = tongues.find((one) => one.dataset.tag === tag) || tongues.find((one) => one.dataset.tag === 'en') || tongues[0];
    words = own.dataset;
    room.textContent = '';
    room.append(own.content.cloneNode(true));
    at = {};
    all('[data-at]', room).forEach((one) => { at[one.dataset.at] = one; });
    root.lang = words.tag;
    root.dir = words.dir;
    heading(tablet ? words.helper : words.pair);
    picker.querySelector('summary span').textContent = words.name;
    wire();
    update();
  };
  const heading = (text) => { doc.querySelector('h1').textContent = doc.title = text; };
  const wire = () => {
    at.pair.onsubmit = () => pair(at.pair.querySelector('input').value);
    at.send.onclick = async () => { at.send.disabled = true; await tryToSend(); at.send.disabled = false; };
    at.finish.onclick = () => { asking = 1; update(); at.no.querySelector('button').focus(); };
    all('button', at.no).forEach((button) => { button.onclick = () => finish(button.value); });
  };
  let asking = 0, over = '';

  const pair = async (typed) => {
    const code = typed.normalize('NFKC').trim();
    if (!code) return;
    tell('');
    try {
      const { status, said } = await post('/t/pair', { code: plainDigits(code) });
      if (!said) { tell(status === 429 ? words.tries : status < 500 ? words.pairWrong : words.signal); return; }
      tablet = { name: said.name, language: said.language, venues: said.venues };
      sessionStorage.paired = 1;
      await within(['own'], 'readwrite', (own) => {
        own.put(tablet, 'tablet');
        own.put(false, 'stopped');
      });
      if (navigator.storage && navigator.storage.persist) await navigator.storage.persist();
      speak(tablet.language);
      await fetchPages();
    } catch (error) { tell(words.signal); }
  };
  const fetchPages = async () => {
    const how = await send(1);
    try {
      const worker = await navigator.serviceWorker.register('/t/sw.js', { scope: '/t/' });
      worker.update().catch(() => {});
      await navigator.serviceWorker.ready;
      await getPages((now, of) => tell(filled(words.getting, now, of)));
      if ((!await present() || await past()) && await turnPages()) go('/t/');
      tell(await unsent(how));
    } catch (error) { tell(await listed() ? await unsent(how) : words.signal); }
    update();
  };
  const unsent = async (how) => how === 'signal' && await waiting() ? words.later : '';
  const tryToSend = async () => {
    tell(await unsent(await send()));
    update();
  };
  const finish = async (said) => {
    const visit = await present();
    if (visit) await change(visit.id, { closed: true, said_no: said });
    asking = 0;
    over = visit ? visit.id : '';
    await update();
    await tryToSend();
  };
  const start = async (venue) => { await begin(venue); go('/t/curtain'); };

  // What is shown follows from what is stored, whenever that may have changed.
  const update = async () => {
    if (broken) { tell(words[broken]); return; }
    if (!tablet) { say('pair', true); return; }
    const [list, visit, left, old, stopped, opened] = await Promise.all(
      [listed(), present(), waiting(), past(), known('stopped'), known('opened')]);
    const ready = list && opened && !old && !stopped, shown = visit || (await visits()).find((one) => one.id === over);
    const stays = navigator.storage && navigator.storage.persisted && await navigator.storage.persisted();
    say('pair', stopped);
    say('ready', list && !old && !stopped && !shown);
    say('kept', stays);
    say('unkept', !stays);
    say('reopen', !opened);
    say('start', ready && !visit && !over);
    say('visit', ready && visit && !asking);
    say('no', asking);
    say('count', shown);
    say('send', left);
    say('left', left && !shown || shown && !visit);
    if (shown) at.count.textContent = filled(words.count, shown.sealed, shown.arrived);
    at.left.textContent = left ? filled(words.waiting, left) : words.off;
    if (stopped) tell(words.stopped);
    else if (old && list) tell(words.past);
    if (!all('button', at.start).length) places();
  };
  const places = () => {
    const list = tablet.venues;
    show(at.start.querySelector('h2'), list.length > 1);
    list.forEach((venue) => {
      const button = make('button', list.length > 1 ? venue.name : words.start, { className: 'button' });
      if (list.length === 1) button.append(make('small', venue.name));
      button.onclick = () => start(venue.code);
      at.start.append(button);
    });
  };

  tongues.forEach((one) => {
    const { tag, dir, name } = one.dataset, button = make('button', name, { lang: tag, dir });
    button.onclick = async () => {
      picker.open = false;
      if (tablet) await note('tablet', Object.assign(tablet, { language: tag }));
      speak(tag);
    };
    picker.append(button);
  });
  show(picker, true);
  const code = location.hash.slice(1), near = navigator.languages.map((tag) => tag.split('-')[0]);
  if (code) tablet = null;
  speak(tablet ? tablet.language : (tongues.find((one) => near.includes(one.dataset.tag.split('-')[0])) || tongues[0]).dataset.tag);
  if (code) {
    history.replaceState(null, '', '/t/pair');
    if (!broken) await pair(code);
  } else if (tablet && !broken) {
    if (!sessionStorage.paired) await note('opened', true);
    await mayAsk();
    fetchPages();
  }
  return { update, tryToSend };
};
// Digits of any script, as people type them; a longer code is left as it is.
const plainDigits = (code) => {
  const digits = [...code].filter((letter) => /\d/.test(letter));
  return digits.length === 9 && code.length < 14 ? digits.join('') : code;
};
// What this browser lacks, by the name of the words that say so.
const missing = () => {
  if (!self.isSecureContext) return 'https';
  if (navigator.standalone === false) return 'home';
  return subtle && navigator.serviceWorker && self.indexedDB && self.caches ? '' : 'old';
};
