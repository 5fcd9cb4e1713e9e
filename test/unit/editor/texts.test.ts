/** Where findings are in the text of an editor, and what the editor shows about them. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { allowInsertions } from '../../../src/editor/allow-edit.ts';
import { brokenPolicy } from '../../../src/editor/broken-policy.ts';
import { toDiagnostics } from '../../../src/editor/diagnostics.ts';
import { hoverText } from '../../../src/editor/hover-text.ts';
import { placesIn } from '../../../src/editor/places.ts';
import { builtinRuleset } from '../../../src/rules/builtin.ts';
import { scan } from '../../../src/scan/scan.ts';
import { memoryInput } from '../../../src/sources/memory.ts';
import { runs } from '../../support/runs.ts';
import { tokenMint } from '../../support/scan-report.ts';

async function reportOf(text: string) {
  return await scan({
    command: 'lsp',
    volume: 'commit',
    sources: [
      {
        name: 'text',
        async *inputs() {
          yield memoryInput(Buffer.from(text), { kind: 'file', uri: 'a.txt', path: 'a.txt' });
        },
      },
    ],
    ruleset: builtinRuleset(),
    minConfidence: 'likely',
    strict: false,
    clock: () => new Date(0),
  });
}

it('a range is exactly the credential, whatever is around it', async () => {
  const mint = tokenMint(61);
  // Lines end in several ways, characters have one unit or two, and half of a pair may be alone.
  const around = fc.array(
    fc.constantFrom('a ', 'é', '漢', '🦊', '\ud83e', '\udd8a', '\n', '\r\n', '\r', '\u2028', '\ufeff', '\t', '"'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(around, { minLength: 2, maxLength: 4 }), async (parts) => {
      const secrets = parts.slice(1).map(mint);
      const text = parts.map((part, index) => `${part.join('')} ${secrets[index] ?? ''} `).join('');
      const document = TextDocument.create('file:///a.txt', 'plaintext', 1, text);
      const report = await reportOf(text);
      const places = placesIn(report, text, Buffer.from(text));
      const shown = toDiagnostics(places, report, document).map(({ range }) => document.getText(range));
      expect(shown).toEqual(secrets);
    }),
    { numRuns: runs({ fast: 30, long: 2000 }) },
  );
});

it('of thousands of places the first are shown, and the rest is named', async () => {
  const text = `${tokenMint(63)()}\n`.repeat(1500);
  const places = placesIn(await reportOf(text), text, Buffer.from(text));
  const document = TextDocument.create('file:///a.txt', 'plaintext', 1, text);
  const diagnostics = toDiagnostics(places, await reportOf(text), document);
  expect(diagnostics).toHaveLength(1001);
  expect(diagnostics.at(-1)).toMatchObject({ severity: 3, message: 'Only the first 1000 findings are shown.' });
  // A comment at these would not allow the others.
  expect(allowInsertions(text, places[0]!.finding, places, { open: '# ', close: '' })).toBeUndefined();
});

it('an explanation has no markup but its own', async () => {
  const [found] = (await reportOf(`x ${tokenMint(62)()}`)).findings;
  const [rule] = builtinRuleset().rules;
  const hostile = '[click](https://evil.example) <img src=x> `a` **b** @all';
  const text = hoverText(
    {
      finding: found!,
      rule: { ...rule!, name: hostile, impact: hostile, owner: hostile, references: [hostile], revoke: [hostile] },
    },
    true,
  );
  const prose = text.replace(/(`+)[\s\S]*?[^`]\1(?!`)/g, '');
  expect(prose).not.toMatch(/[<[\]@]|evil|\*\*b/);
});

it.each([
  ['.glaive.toml:3:7: bad value', 'file:///r/.glaive.toml', 2, 6],
  ['sub/.glaiveignore:12: bad pattern', 'file:///r/sub/.glaiveignore', 11, 0],
])('a broken policy is shown in its file: %s', (message, uri, line, character) => {
  const { message: shown, place } = brokenPolicy({ message, hint: 'Repair it.' }, '/r', (text) => text);
  expect(shown).toContain(`${message}. Repair it.`);
  expect(place).toMatchObject({ uri, diagnostic: { severity: 1, range: { start: { line, character } } } });
});

it('a broken policy without a place is only a message', () => {
  const broken = brokenPolicy({ message: 'there is no rule x to disable', hint: undefined }, '/r', (text) => text);
  expect(broken).toEqual({ message: expect.stringContaining('there is no rule x to disable') as string });
});
