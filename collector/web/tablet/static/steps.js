// What the pages share: elements, ways between pages, and letters counted as the server counts them.
const doc = document, body = doc.body, says = body.dataset, root = doc.documentElement;
const by = (id) => doc.getElementById(id);
const all = (what, where) => [...(where || doc).querySelectorAll(what)];
const make = (name, text, more) => Object.assign(doc.createElement(name), { textContent: text }, more);
const filled = (text, first, second) => text.replace('#1', first).replace('#2', second);
const show = (element, shown) => { element.hidden = !shown; };
// No entry in the history: Back leads to nobody's page.
const go = (path) => location.replace(path);

// As `clean_text` and `letters` of the server do it: composed, no control characters, marks and joiners do not count.
// A browser that does not know letters' kinds counts more, never less.
let SILENT = new RegExp('[\\u0300-\\u036f]', 'g');
try { SILENT = new RegExp('[\\p{M}\\p{Cf}]', 'gu'); } catch (error) {}
const CONTROLS = new RegExp('[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f]', 'g');
const EDGES = new RegExp('^[\\s\\ufeff]+|[\\s\\ufeff]+$', 'g');
const cleaned = (text) => text.replace(/\r\n?/g, '\n').normalize('NFC').replace(CONTROLS, ' ').replace(EDGES, '');
const letters = (text) => [...text.replace(SILENT, '')].length;
const tooLong = (text, most, each) => [...text].length > most && ([...text].length > most * each || letters(text) > most);

// Links of these pages replace what is shown; forms go nowhere.
doc.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="/t/"]');
  if (link) { event.preventDefault(); go(link.getAttribute('href')); }
});
doc.addEventListener('submit', (event) => event.preventDefault());
