/** A card for each secret, and a section for each type with what to do. Their bodies are built when they are opened. */

import { copyButton, el, linkTo } from './elements.js';

/** Places of a card that are shown at first. */
const PLACES = 3;
/** The place of a commit, an author and a day in the texts of `data.ts`. */
// oxlint-disable-next-line no-control-regex -- no text of the report has such characters
const VALUE = /([\0-\x02])/;

/** @param data of `data.ts` @param showType moves to the section of a type */
export function makeCards(data, showType) {
  const placeText = (place) => (place.line === undefined ? place.uri + ' (its name)' : place.uri + ':' + place.line);
  const shortName = (author) => author.replace(/ <[^<>]*>$/, '') || author;

  function fileLink(place) {
    if (place.link === undefined) return place.job;
    if (place.link !== 1) return place.link;
    const path = place.uri.split('/').map(encodeURIComponent).join('/');
    return data.files + place.commit + '/' + path + '#L' + place.line;
  }

  /** A sentence from its template (`data.ts`): the commit is a link. */
  function sentence(number, commit = '', author = '', date = '') {
    const short = commit.slice(0, 12);
    const isId = data.commits !== undefined && /^[0-9a-f]{40}/.test(commit);
    const values = [isId ? linkTo(data.commits + commit, short) : short, author, date.slice(0, 10)];
    return data.texts[number].split(VALUE).map((part, at) => (at % 2 === 0 ? part : values[part.charCodeAt(0)]));
  }

  function cardOf(secret, places) {
    const rule = data.rules[secret.rule];
    const [first] = places;
    const by = [
      first.author === undefined ? '' : shortName(data.authors[first.author]),
      (first.date || '').slice(0, 10),
    ].filter(Boolean);
    const more = places.length - 1;
    const summary = el(
      'summary',
      {},
      el(
        'span',
        { class: 'badges' },
        el('span', { class: 'badge ' + secret.severity }, secret.severity),
        data.checked && (data.verified || secret.status !== 'unknown')
          ? el('span', { class: 'badge state ' + stateOf(secret) }, secret.status)
          : '',
        places.some((place) => place.head === 1) ? el('span', { class: 'badge' }, 'in HEAD') : '',
        secret.accepted ? el('span', { class: 'badge' }, 'accepted') : '',
      ),
      el('span', { class: 'what' }, rule.name),
      el(
        'span',
        { class: 'path' },
        placeText(first),
        more > 0 ? el('span', { class: 'dim' }, ' and ' + more + (more === 1 ? ' more place' : ' more places')) : '',
      ),
      by.length > 0 ? el('span', { class: 'dim by' }, by.join(', ')) : '',
    );
    const card = el('details', {}, summary);
    const build = () => {
      if (card.children.length === 1) card.append(bodyOf(secret, places));
    };
    card.addEventListener('toggle', () => card.open && build());
    card.build = build;
    return el('li', {}, card);
  }

  function bodyOf(secret, places) {
    const list = el('ol', { class: 'places' }, ...places.slice(0, PLACES).map(placeOf));
    const body = el('div', { class: 'body' }, list);
    const left = places.length - PLACES;
    if (left > 0) {
      const button = el('button', { type: 'button' }, 'Show ' + left + ' more ' + (left === 1 ? 'place' : 'places'));
      button.addEventListener('click', () => {
        list.append(...places.slice(PLACES).map(placeOf));
        button.remove();
        list.children[PLACES].querySelector('.where').focus();
      });
      body.append(button);
    }
    if (secret.places.length > places.length)
      body.append(
        el(
          'p',
          { class: 'dim' },
          secret.places.length - places.length + ' more of its places are left out by the filters.',
        ),
      );
    const facts = el('dl');
    const row = (name, ...values) => facts.append(el('dt', {}, name), el('dd', {}, ...values));
    const onScreen = (name, ...values) =>
      facts.append(el('dt', { class: 'screen' }, name), el('dd', { class: 'screen' }, ...values));
    if (secret.owner) row('Belongs to', secret.owner);
    if (secret.near) row('Found next to', secret.near);
    if (secret.checked) row('Checked', ...secret.checked.map((line) => el('span', { class: 'line' }, line)));
    row('Confidence', secret.confidence + ': ' + data.texts[secret.why]);
    const advice = el('button', { type: 'button', class: 'plain' }, 'Impact and ways to revoke');
    advice.addEventListener('click', () => showType(secret.rule, advice));
    onScreen('What to do', advice);
    row('Fingerprint', ...withCopy(secret.fingerprint, 'fingerprint'));
    const [id, report] = secret.short ? [secret.fingerprint.slice(0, 12), ''] : [secret.fingerprint, ' REPORT.json'];
    if (secret.revocable) onScreen('Revoke', ...withCopy('glaive revoke ' + id + report, 'command to revoke'));
    if (!secret.accepted)
      onScreen('Accept', ...withCopy('glaive accept ' + id + ' --reason "WHY"', 'command to accept'));
    body.append(facts);
    return body;
  }

  const withCopy = (text, what) => [el('code', {}, text), ' ', copyButton(text, what)];

  function placeOf(place) {
    const url = fileLink(place);
    const item = el(
      'li',
      {},
      el('p', { class: 'where path', tabindex: '-1' }, url ? linkTo(url, placeText(place)) : placeText(place)),
    );
    if (place.code) {
      const [line, start, end] = place.code;
      item.append(el('pre', {}, line.slice(0, start), el('mark', {}, line.slice(start, end)), line.slice(end)));
    }
    const note = (...parts) => item.append(el('p', { class: 'dim' }, ...parts));
    if (place.form) note(place.form);
    if (place.lines) note('also on line ' + place.lines);
    if (place.introduced !== undefined)
      note(...sentence(place.introduced, place.commit, data.authors[place.author], place.date));
    if (place.history !== undefined) note(...sentence(place.history, place.removed, '', place.gone));
    if (place.later) note(place.later);
    for (const text of place.acceptances || []) note((place.accepted ? 'accepted ' : '') + text);
    return item;
  }

  /** The advice of a type, once for all its findings. */
  function typeOf(rule, count, onShow) {
    const card = el(
      'details',
      {},
      el('summary', {}, el('span', { class: 'what' }, rule.name), ' ', el('span', { class: 'dim' }, count)),
    );
    const facts = el('dl');
    const row = (name, ...values) => facts.append(el('dt', {}, name), el('dd', {}, ...values));
    row('What it is', rule.description);
    row('Impact', rule.impact);
    row('To revoke', el('ul', {}, ...rule.revoke.map((way) => el('li', {}, way, ' ', copyButton(way, 'advice')))));
    row('See', ...rule.references.map((url) => el('span', { class: 'line' }, linkTo(url))));
    row('Rule', el('code', {}, rule.id));
    const show = el('button', { type: 'button' }, 'Show its findings');
    show.addEventListener('click', onShow);
    card.append(el('div', { class: 'body' }, facts, show));
    return card;
  }

  return { cardOf, typeOf };
}

function stateOf({ status }) {
  return status === 'active' || status === 'unknown' ? status : 'inactive';
}
