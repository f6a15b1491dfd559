// Pages of a quarter: fetched whole under a name of their own, and current at the curtain.
const pointers = () => caches.open('t');
const pointed = async (name) => {
  const found = await (await pointers()).match('/t/' + name);
  return found ? found.text() : '';
};
const point = async (name, build) => (await pointers()).put('/t/' + name, new Response(build));
const listed = async () => {
  const build = await pointed('current'), found = build && await (await caches.open('t-' + build)).match('/t/pages.json');
  return found ? found.json() : null;
};
// From the server itself: an address with a question mark is one that the worker does not look at.
const fresh = async (path, how) => {
  const stop = new AbortController(), clock = setTimeout(() => stop.abort(), 30000);
  try {
    const answer = await fetch(path + '?' + how, { cache: 'no-cache', redirect: 'error', signal: stop.signal });
    if (!answer.ok) throw new Error(path);
    return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) };
  } finally { clearTimeout(clock); }
};
const stored = (answer, bytes) => {
  const headers = new Headers(answer.headers);
  ['Content-Encoding', 'Content-Length'].forEach((name) => headers.delete(name));
  return new Response(bytes, { headers });
};
// One kind of each recording is enough: the first that this browser plays.
const plays = new Audio().canPlayType('audio/ogg; codecs=opus') ? '.mp3' : '.opus';
const needed = (files) => Object.keys(files).filter((path) => !(path.endsWith(plays) && files[path.replace(plays, plays === '.mp3' ? '.opus' : '.mp3')]));

let checked = 0;
const getPages = async (tell) => {
  checked = Date.now();
  const list = JSON.parse(new TextDecoder().decode((await fresh('/t/pages.json', 'new')).bytes));
  if (list.build === await pointed('current') || list.build === await pointed('next')) return;
  const cache = await caches.open('t-' + list.build), paths = needed(list.files), all = paths.length;
  const one = async (path) => {
    if (await cache.match(path)) return;
    const { answer, bytes } = await fresh(path, list.build);
    if (!hex(await sha256(bytes)).startsWith(list.files[path])) throw new Error(path);
    await cache.put(path, stored(answer, bytes));
  };
  let broken;
  const row = async () => {
    while (paths.length && !broken) {
      try { await one(paths.pop()); } catch (error) { broken = error; }
      if (tell && !broken) tell(all - paths.length, all);
    }
  };
  await Promise.all([row(), row(), row(), row()]);
  if (broken) throw broken;
  await cache.put('/t/pages.json', new Response(JSON.stringify(list)));
  await point(await pointed('current') ? 'next' : 'current', list.build);
};
// True when newer pages took the place of those that are shown. The ones before stay until the next change.
const turnPages = async () => {
  const next = await pointed('next'), now = await pointed('current');
  if (!next || next === now) return false;
  await point('current', next);
  await (await pointers()).delete('/t/next');
  for (const name of await caches.keys()) if (name.startsWith('t-') && name !== 't-' + next && name !== 't-' + now) await caches.delete(name);
  return true;
};
// Pages promise days: past the quarter they are too old, by the server's clock as far as this tablet has heard of it.
const past = async () => {
  const list = await listed(), late = await known('late') || 0;
  return !list || dayOf(new Date(Date.now() + late)) > list.until;
};
