// The chosen theme, else the system's. A plain file: the page's security policy allows no script in the page itself.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('autotuner.theme');
  } catch {
    // Storage may be switched off.
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
