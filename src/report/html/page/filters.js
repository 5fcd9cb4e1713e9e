/**
 * The filters, and their state in the address of the page behind `#`: a link to the page then shows the same. Nothing is stored
 * elsewhere.
 */

import { byId, el } from './elements.js';

/** Values of a long list that are shown at first. */
const SHOWN = 6;

/**
 * @param findings each with its value for every key
 * @param groups `{ key, title, order, names }`: values are buttons; with `isLong` the most frequent first, with `isChoice` a list to choose
 * @param apply is called after every change
 */
export function makeFilters(findings, groups, apply) {
  const state = { q: '', sort: '', chosen: new Map() };
  const buttons = [];
  const selects = [];

  function toggle(key, value) {
    const values = state.chosen.get(key) || new Set();
    if (!values.delete(value)) values.add(value);
    if (values.size === 0) state.chosen.delete(key);
    else state.chosen.set(key, values);
  }

  function matches(finding) {
    for (const [key, values] of state.chosen) if (!values.has(finding[key])) return false;
    return state.q === '' || textOf(finding).includes(state.q.toLowerCase());
  }

  for (const group of groups) {
    const counts = new Map();
    for (const finding of findings) {
      const value = finding[group.key];
      if (value !== undefined) counts.set(value, (counts.get(value) || 0) + 1);
    }
    const values = [...counts].sort(
      group.order
        ? ([a], [b]) => group.order.indexOf(a) - group.order.indexOf(b)
        : ([a, m], [b, n]) => n - m || (a < b ? -1 : 1),
    );
    if (values.length > (group.isLong || group.isChoice ? 1 : 0)) byId('facets').append(sectionOf(group, values));
  }

  function sectionOf(group, values) {
    const id = 'filter-' + group.key;
    const nameOf = (value) => (group.names ? group.names(value) : value);
    if (group.isChoice) {
      const select = el('select', { id }, el('option', { value: '' }, 'all'));
      select.append(...values.map(([value, count]) => el('option', { value }, nameOf(value) + ' (' + count + ')')));
      select.addEventListener('change', () => {
        state.chosen.delete(group.key);
        if (select.value !== '') state.chosen.set(group.key, new Set([select.value]));
        changed();
      });
      selects.push([group.key, select]);
      return el('div', { class: 'field' }, el('label', { for: id }, group.title), select);
    }
    const most = Math.max(...values.map(([, count]) => count));
    const list = el('ul', { class: group.isLong ? 'bars' : 'chips' });
    const add = ([value, count]) => {
      const button = el(
        'button',
        { type: 'button', class: 'toggle ' + (group.classes ? value : ''), 'aria-pressed': 'false' },
        el('span', {}, nameOf(value)),
        el('span', { class: 'number' }, String(count)),
      );
      if (group.isLong) {
        const bar = el('i', { 'aria-hidden': 'true' });
        bar.style.width = (100 * count) / most + '%';
        button.append(bar);
      }
      button.addEventListener('click', () => {
        toggle(group.key, value);
        changed();
      });
      buttons.push([group.key, value, button]);
      list.append(el('li', {}, button));
    };
    const few = group.isLong ? SHOWN : values.length;
    values.slice(0, few).forEach(add);
    const section = el(
      'div',
      { class: 'field', role: 'group', 'aria-labelledby': id },
      el('h3', { id }, group.title),
      list,
    );
    if (values.length > few) {
      const more = el('button', { type: 'button', class: 'plain' }, values.length - few + ' more');
      more.addEventListener('click', () => {
        values.slice(few).forEach(add);
        more.remove();
        show();
        list.children[few].firstChild.focus();
      });
      section.append(more);
    }
    return section;
  }

  /** Sets the controls to the state. */
  function show() {
    for (const [key, value, button] of buttons)
      button.setAttribute('aria-pressed', String(state.chosen.get(key)?.has(value) === true));
    for (const [key, select] of selects) select.value = [...(state.chosen.get(key) || [''])][0];
    if (byId('search').value.trim() !== state.q) byId('search').value = state.q;
    byId('sort').value = state.sort;
    const active = [...state.chosen.values()].reduce((sum, values) => sum + values.size, state.q === '' ? 0 : 1);
    byId('reset').hidden = active === 0;
    byId('filters').firstElementChild.textContent = active === 0 ? 'Filters' : 'Filters (' + active + ')';
  }

  function changed() {
    const query = new URLSearchParams();
    for (const [key, values] of state.chosen) for (const value of values) query.append(key, value);
    if (state.q !== '') query.set('q', state.q);
    if (state.sort !== state.usual) query.set('sort', state.sort);
    const hash = query.toString();
    try {
      history.replaceState(null, '', hash === '' ? location.pathname + location.search : '#' + hash);
    } catch {
      // A browser may forbid it in a frame; the filters work nevertheless.
    }
    show();
    apply();
  }

  function readAddress() {
    const query = new URLSearchParams(location.hash.slice(1));
    state.chosen.clear();
    for (const { key } of groups)
      for (const value of query.getAll(key))
        if (findings.some((finding) => finding[key] === value) && !state.chosen.get(key)?.has(value))
          toggle(key, value);
    state.q = (query.get('q') || '').trim();
    const isOrder = [...byId('sort').options].some(({ value }) => value === query.get('sort'));
    state.sort = isOrder ? query.get('sort') : state.usual;
    show();
    apply();
  }

  function clear() {
    state.chosen.clear();
    state.q = '';
    changed();
  }

  /** Shows only the findings with this value. */
  function only(key, value) {
    state.chosen.clear();
    state.q = '';
    toggle(key, value);
    changed();
  }

  return { state, matches, changed, readAddress, clear, only };
}

/** What the search reads, made when it is needed. */
function textOf(finding) {
  finding.text ||= finding.words().filter(Boolean).join('\n').toLowerCase();
  return finding.text;
}
