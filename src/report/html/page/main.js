/**
 * The script of the page. It sends no request and stores nothing. Cards are drawn some at a time, so a page with ten thousand
 * findings opens at once.
 */

import { makeCards } from './cards.js';
import { byId, copyButton, el } from './elements.js';
import { makeFilters } from './filters.js';

const data = JSON.parse(byId('data').textContent);
const STEP = 40;
/** Cards on paper. */
const PRINTED = 500;
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'];
const STATES = ['active', 'unknown', 'revoked', 'expired', 'blocked'];
const IN_HEAD = { yes: 'still in HEAD', no: 'in the history only' };
const ACCEPTED = { yes: 'accepted', no: 'not accepted' };
const CONFIDENCES = ['proven', 'certain', 'likely', 'unlikely'];

const hasAccepted = data.secrets.some(({ places }) => places.some(({ accepted }) => accepted));
const findings = data.secrets.flatMap((secret, at) =>
  secret.places.map((place) => ({
    at,
    place,
    severity: place.severity || secret.severity,
    status: data.checked ? secret.status : undefined,
    head: place.head === undefined ? undefined : place.head ? 'yes' : 'no',
    author: place.author === undefined ? undefined : data.authors[place.author],
    type: data.rules[secret.rule].id,
    folder: place.uri.includes('/') ? place.uri.slice(0, place.uri.indexOf('/')) : '.',
    confidence: secret.confidence,
    accepted: hasAccepted ? (place.accepted ? 'yes' : 'no') : undefined,
    words: () => [
      place.uri,
      data.rules[secret.rule].name,
      data.rules[secret.rule].id,
      place.code && place.code[0],
      place.author === undefined ? '' : data.authors[place.author],
      secret.fingerprint,
      place.commit,
      secret.owner,
    ],
  })),
);

let chosen = [];
let drawn = 0;

const { cardOf, typeOf } = makeCards(data, showType);
const filters = makeFilters(
  findings,
  [
    { key: 'severity', title: 'Severity', order: SEVERITIES, classes: true },
    { key: 'status', title: 'Status', order: STATES },
    { key: 'head', title: 'In HEAD', order: ['yes', 'no'], names: (value) => IN_HEAD[value] },
    { key: 'accepted', title: 'Accepted', order: ['no', 'yes'], names: (value) => ACCEPTED[value] },
    { key: 'author', title: 'Introduced by', isChoice: true },
    { key: 'type', title: 'Type', isLong: true, names: (id) => data.rules.find((rule) => rule.id === id).name },
    { key: 'folder', title: 'Folder', isLong: true },
    { key: 'confidence', title: 'Confidence', order: CONFIDENCES },
  ],
  apply,
);
const { state } = filters;

const newest = (places) => places.reduce((most, { date = '' }) => (date > most ? date : most), '');
const oldest = (places) => places.reduce((least, { date }) => (date && date < least ? date : least), '9');
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const ORDERS = {
  severity: () => 0,
  path: (a, b) => compare(a.places[0].uri, b.places[0].uri),
  date: (a, b) => compare(newest(b.places), newest(a.places)),
  oldest: (a, b) => compare(oldest(a.places), oldest(b.places)),
};

const plural = (count, noun) => count + ' ' + noun + (count === 1 ? '' : 's');

/** Chooses the findings that the filters let through, by secret, and draws the first. */
function apply() {
  const bySecret = new Map();
  let count = 0;
  for (const finding of findings) {
    if (!filters.matches(finding)) continue;
    count++;
    const group = bySecret.get(finding.at);
    if (group) group.places.push(finding.place);
    else bySecret.set(finding.at, { secret: data.secrets[finding.at], places: [finding.place] });
  }
  chosen = [...bySecret.values()].sort(ORDERS[state.sort]);
  drawn = 0;
  byId('list').replaceChildren();
  draw();
  const all = findings.length;
  byId('count').textContent =
    count === all
      ? plural(all, 'finding') + ' of ' + plural(chosen.length, 'secret')
      : count + ' of ' + plural(all, 'finding') + ', ' + chosen.length + ' of ' + plural(data.secrets.length, 'secret');
}

function draw(most = STEP) {
  const part = chosen.slice(drawn, drawn + most);
  byId('list').append(...part.map(({ secret, places }) => cardOf(secret, places)));
  drawn += part.length;
  byId('more').hidden = drawn >= chosen.length;
}

let cameFrom;

/** Opens the advice of a type. */
function showType(index, from) {
  const card = byId('types').querySelectorAll('details')[index];
  card.open = true;
  card.firstChild.focus();
  card.scrollIntoView();
  cameFrom = from;
  back.hidden = false;
  card.lastChild.append(back);
}
const back = el('button', { type: 'button', hidden: '' }, 'Back to the finding');
back.addEventListener('click', () => {
  cameFrom.scrollIntoView({ block: 'center' });
  cameFrom.focus();
  back.hidden = true;
});

const counts = new Map();
for (const { type } of findings) counts.set(type, (counts.get(type) || 0) + 1);
byId('types').append(
  ...data.rules.map((rule) =>
    typeOf(rule, plural(counts.get(rule.id) || 0, 'finding'), () => {
      filters.only('type', rule.id);
      byId('findings').focus();
      byId('findings').scrollIntoView();
    }),
  ),
);
byId('types').hidden = data.rules.length === 0;

for (const [index, advice] of document.querySelectorAll('.first .do').entries()) {
  const number = 'number ' + (index + 1);
  const details = el('button', { type: 'button', class: 'copy', 'aria-label': 'Details of ' + number }, 'Details');
  details.addEventListener('click', () => showSecret(advice.dataset.fingerprint));
  advice.append(el('span', { class: 'buttons' }, copyButton(advice.textContent, 'advice for ' + number), details));
}

/** Opens the card of a secret, whatever the filters are. */
function showSecret(fingerprint) {
  filters.clear();
  const at = chosen.findIndex(({ secret }) => secret.fingerprint === fingerprint);
  draw(Math.max(0, at + 1 - drawn));
  const card = byId('list').children[at].firstChild;
  card.open = true;
  card.firstChild.focus({ preventScroll: true });
  card.scrollIntoView();
}

let timer;
byId('search').addEventListener('input', (event) => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    state.q = event.target.value.trim();
    filters.changed();
  }, 120);
});
byId('sort').addEventListener('change', (event) => {
  state.sort = event.target.value;
  filters.changed();
});
byId('reset').addEventListener('click', () => {
  filters.clear();
  byId('findings').focus(); // the button is hidden now
});
byId('more').addEventListener('click', () => {
  const before = drawn;
  draw();
  byId('list').children[before]?.querySelector('summary').focus();
});
addEventListener('hashchange', () => {
  // The link to the findings is no filter.
  if (location.hash.includes('=') || location.hash === '') filters.readAddress();
});

/** On paper nothing can be opened. */
function unfold() {
  draw(PRINTED - drawn);
  byId('left-out').hidden = chosen.length <= PRINTED;
  byId('left-out').textContent =
    plural(chosen.length - PRINTED, 'more secret') + ' not printed; filters choose which are.';
  for (const card of document.querySelectorAll('#list details')) {
    card.build();
    card.open = true;
  }
  for (const card of document.querySelectorAll('#types details')) card.open = true;
}
addEventListener('beforeprint', unfold);
matchMedia('print').addEventListener('change', ({ matches }) => matches && unfold());

for (const chart of document.querySelectorAll('.scroll')) chart.scrollLeft = chart.scrollWidth;
if (innerWidth < 900) byId('filters').open = false;
if (findings.length === 0) byId('app').classList.add('empty');
state.usual = data.sort;
byId('app').hidden = false;
filters.readAddress();
