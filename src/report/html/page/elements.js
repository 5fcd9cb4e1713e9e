/** Elements of the page. Text of the report is always inserted as text, never as markup. */

export const byId = (id) => document.getElementById(id);

export function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {}))
    if (value !== undefined && value !== false) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== undefined && child !== ''));
  return element;
}

/** A link, if the text is an address of the web; else the text. */
export function linkTo(url, text) {
  return /^https?:\/\//.test(url)
    ? el('a', { href: url, rel: 'noreferrer noopener', target: '_blank' }, text || url)
    : text || url;
}

/** Says a sentence to screen readers. */
export function say(sentence) {
  byId('said').textContent = '';
  setTimeout(() => {
    byId('said').textContent = sentence;
  }, 50);
}

/** A button that copies a text. @param what its name, for example `command` */
export function copyButton(text, what) {
  const button = el('button', { type: 'button', class: 'copy', 'aria-label': 'Copy ' + what }, 'Copy');
  button.addEventListener('click', async () => {
    const isDone = await copied(text, button);
    button.textContent = isDone ? 'Copied' : 'Not copied';
    say(isDone ? 'Copied: ' + what : 'The browser does not let this page copy');
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2000);
  });
  return button;
}

async function copied(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, button);
  }
}

/** For browsers that give a local file no clipboard. */
function copyBySelection(text, button) {
  const area = el('textarea', { class: 'unseen', 'aria-hidden': 'true', tabindex: '-1' });
  area.value = text;
  document.body.append(area);
  area.select();
  let isDone = false;
  try {
    isDone = document.execCommand('copy');
  } catch {
    // It stays false.
  }
  area.remove();
  button.focus();
  return isDone;
}
