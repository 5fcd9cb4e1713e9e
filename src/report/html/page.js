/**
 * The script of the page. It inserts data as text, never as markup, sends no request and stores nothing. A finding is rendered
 * when the reader scrolls to it, so a page with ten thousand findings opens at once.
 */

'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const { findings, rules, facets } = data;
  const STEP = 50;
  const byId = (id) => document.getElementById(id);
  const el = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const state = { text: '', sort: 'severity', facet: {} };
  const text = findings.map((f) =>
    [
      f.uri,
      rules[f.rule].name,
      rules[f.rule].id,
      f.code ? f.code[0] : '',
      f.author || '',
      f.fingerprint,
      f.commit || '',
    ]
      .join('\n')
      .toLowerCase(),
  );
  let chosen = [];
  let drawn = 0;

  const matches = (f, index) =>
    Object.entries(state.facet).every(([key, value]) => value === '' || f[key] === value) &&
    (state.text === '' || text[index].includes(state.text));
  const rank = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };
  const orders = {
    severity: (a, b) => rank[a.severity] - rank[b.severity] || a.at - b.at,
    path: (a, b) => a.at - b.at,
    newest: (a, b) => (b.date || '').localeCompare(a.date || '') || a.at - b.at,
    oldest: (a, b) => (a.date || '9').localeCompare(b.date || '9') || a.at - b.at,
  };

  function apply() {
    chosen = findings.filter(matches).sort(orders[state.sort]);
    drawn = 0;
    byId('list').replaceChildren();
    draw();
    const all = findings.length;
    byId('count').textContent =
      chosen.length === all ? all + (all === 1 ? ' finding' : ' findings') : chosen.length + ' of ' + all + ' findings';
    for (const button of document.querySelectorAll('.bar'))
      button.setAttribute('aria-pressed', String(state.facet[button.dataset.key] === button.dataset.value));
    for (const select of document.querySelectorAll('select[data-key]'))
      select.value = state.facet[select.dataset.key] || '';
  }

  function draw() {
    const part = chosen.slice(drawn, drawn + STEP);
    byId('list').append(...part.map(itemOf));
    drawn += part.length;
    byId('more').hidden = drawn >= chosen.length;
  }

  function itemOf(f) {
    const rule = rules[f.rule];
    const details = el('details', {});
    const summary = el(
      'summary',
      {},
      el('span', { class: 'badge ' + f.severity }, f.severity),
      el('span', { class: 'badge' }, f.status),
      f.accepted ? el('span', { class: 'badge' }, 'accepted') : '',
      el('span', { class: 'what' }, rule.name),
      el('span', { class: 'path' }, f.uri + (f.line ? ':' + f.line : '')),
    );
    details.append(summary);
    // The body is built when it is opened.
    details.addEventListener('toggle', () => {
      if (details.open && details.children.length === 1) details.append(bodyOf(f, rule));
    });
    return el('li', {}, details);
  }

  function bodyOf(f, rule) {
    const body = el('div', { class: 'body' });
    if (f.code) {
      const [line, start, end] = f.code;
      body.append(
        el(
          'pre',
          { tabindex: '0', 'aria-label': 'The line, with the secret masked' },
          line.slice(0, start),
          el('mark', {}, line.slice(start, end)),
          line.slice(end),
        ),
      );
    }
    const list = el('dl');
    const row = (name, ...values) => {
      if (values.some((value) => value)) list.append(el('dt', {}, name), el('dd', {}, ...values.filter(Boolean)));
    };
    row('What it is', rule.description);
    row('Impact', rule.impact);
    row('Confidence', f.confidence + ': ' + f.why);
    row('Belongs to', f.owner);
    for (const [index, line] of f.checked.entries()) row(index === 0 ? 'Checked' : '', line);
    row('Also at', f.places);
    row('Introduced', f.introduced);
    row('History', f.history);
    if (f.job) row('Job', linkOf(f.job));
    for (const line of f.acceptedBy) row('Accepted', line);
    const ways = el('ul');
    for (const way of rule.revoke) ways.append(el('li', {}, way));
    row('To revoke', ways);
    row('See', ...rule.references.flatMap((url) => [linkOf(url), ' ']));
    row('Rule', el('code', {}, rule.id));
    row('Fingerprint', el('code', {}, f.fingerprint));
    body.append(list);
    return body;
  }

  function linkOf(url) {
    return /^https?:\/\//.test(url) ? el('a', { href: url, rel: 'noopener noreferrer' }, url) : url;
  }

  for (const { key, title, values } of facets) {
    const list = el('ul');
    const most = Math.max(1, ...values.map(([, count]) => count));
    for (const [value, count] of values) {
      const width = el('i', { 'aria-hidden': 'true' });
      width.style.width = (100 * count) / most + '%';
      const button = el(
        'button',
        { class: 'bar', type: 'button', 'aria-pressed': 'false' },
        width,
        el('span', {}, value),
        el('span', {}, String(count)),
      );
      button.dataset.key = key;
      button.dataset.value = value;
      button.addEventListener('click', () => {
        state.facet[key] = state.facet[key] === value ? '' : value;
        apply();
      });
      list.append(el('li', {}, button));
    }
    byId('facets').append(el('section', { class: 'card' }, el('h3', {}, title), list));
    if (['severity', 'status', 'confidence', 'type'].includes(key)) {
      const select = el('select', { id: 'filter-' + key });
      select.dataset.key = key;
      select.append(el('option', { value: '' }, 'all'), ...values.map(([value]) => el('option', { value }, value)));
      select.addEventListener('change', () => {
        state.facet[key] = select.value;
        apply();
      });
      byId('selects').before(el('div', {}, el('label', { for: 'filter-' + key }, title), select));
    }
  }
  let timer;
  byId('search').addEventListener('input', (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      state.text = event.target.value.trim().toLowerCase();
      apply();
    }, 120);
  });
  byId('sort').addEventListener('change', (event) => {
    state.sort = event.target.value;
    apply();
  });
  byId('reset').addEventListener('click', () => {
    state.text = '';
    state.facet = {};
    byId('search').value = '';
    apply();
  });
  byId('more').addEventListener('click', () => {
    const before = drawn;
    draw();
    const next = byId('list').children[before];
    if (next) next.querySelector('summary').focus();
  });
  byId('app').hidden = false;
  apply();
})();
