// After the survey: nothing of it stays in this tab, the number can be copied, and no page is shown from the browser's own keeping.
(() => {
  const copy = document.getElementById('copy');
  onpageshow = (event) => { if (event.persisted) location.reload(); };
  if (document.body.className === 'gone') try { sessionStorage.clear(); } catch (e) {}
  // What was sent is not sent again by a reload, nor shown again on the way back.
  if (!copy) history.replaceState(0, '', location.href);
  else if (navigator.clipboard) {
    copy.hidden = false;
    copy.onclick = () => navigator.clipboard.writeText(copy.dataset.number).then(() => { copy.textContent = copy.dataset.done; });
  }
})();
