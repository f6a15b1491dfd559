// The worker: pages as they were fetched whole, and nothing else. It keeps no answers and sends none.
const whole = async (path) => {
  const pointer = await (await caches.open('t')).match('/t/current');
  const now = pointer && await (await caches.open('t-' + await pointer.text())).match(path);
  return now || caches.match(path);
};
// A part of a recording, as some browsers ask for it.
const part = async (found, range) => {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(range), all = await found.arrayBuffer();
  if (!asked) return found;
  const from = +asked[1], to = Math.min(asked[2] ? +asked[2] : Infinity, all.byteLength - 1);
  const headers = { 'Content-Type': found.headers.get('Content-Type'), 'Content-Range': 'bytes ' + from + '-' + to + '/' + all.byteLength };
  return new Response(all.slice(from, to + 1), { status: 206, headers });
};
const answer = async (request, path) => {
  const found = await whole(path), range = request.headers.get('Range');
  if (found) return range ? part(found.clone(), range) : found;
  try {
    return await fetch(request);
  } catch (error) {
    const home = request.mode === 'navigate' && await whole('/t/');
    if (home) return home;
    throw error;
  }
};
oninstall = () => skipWaiting();
onactivate = (event) => event.waitUntil(clients.claim());
onfetch = (event) => {
  const at = new URL(event.request.url);
  if (event.request.method === 'GET' && at.origin === location.origin && !at.search) event.respondWith(answer(event.request, at.pathname));
};
