// Between two people: nothing of anybody, the languages of the place first.
const curtain = async (visit) => {
  const tablet = await known('tablet'), place = tablet.venues.find((venue) => venue.code === visit.venue) || { languages: [] };
  const list = by('tongues'), links = all('a', list), first = place.languages.map((tag) => links.find((link) => link.lang === tag)).filter(Boolean);
  first.slice().reverse().forEach((link) => { link.className = 'near'; list.prepend(link); });
  const lead = first[0] || links[0], own = links.find((link) => link.lang === tablet.language) || links[0];
  Object.assign(doc.querySelector('h1'), { lang: lead.lang, dir: lead.dir, textContent: lead.lastChild.textContent });
  Object.assign(by('helper'), { lang: own.lang, dir: own.dir, textContent: own.dataset.helper });
  send();
};
