// After the survey: nothing of it stays in this tab, the number can be copied, and no page is shown from the browser's own keeping.
(() => {
  onpageshow = (event) => { if (event.persisted) location.reload(); };
  if (document.body.className === 'gone') try { sessionStorage.clear(); } catch (e) {}
  const copy = document.getElementById('copy');
  if (!copy || !navigator.clipboard) return;
  copy.hidden = false;
  copy.onclick = () => navigator.clipboard.writeText(copy.dataset.number).then(() => { copy.textContent = copy.dataset.done; });
})();
