/**
 * Why is it not reported? Every step that drops a possible credential names its reason: the table of cases has one for
 * each member of `DropReason`, and does not compile without it. `glaive explain PATH:LINE` prints them.
 */

import { expandExample, seededRandom } from '../../src/rules/examples.ts';
import { unlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keepBest } from '../../src/detect/overlap.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import type { Input } from '../../src/model/artifact.ts';
import type { Drop, DropReason } from '../../src/model/drop.ts';
import type { Ruleset } from '../../src/model/ruleset.ts';
import type { Source } from '../../src/model/source.ts';
import { dropStep, dropText } from '../../src/report/drop-text.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { compileRuleset } from '../../src/rules/compile.ts';
import { loadRuleFile } from '../../src/rules/load.ts';
import type { ScanRequest } from '../../src/scan/request.ts';
import { scan } from '../../src/scan/scan.ts';
import { memoryInput } from '../../src/sources/memory.ts';
import { tar } from '../support/archives.ts';
import { Random, routableToken } from '../support/mint.ts';
import { ruleFile } from '../support/rule-file.ts';
import { glaive } from '../support/run-cli.ts';
import { fingerprintOf, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(2901);
const random = new Random(2902);
const artifact = { kind: 'file', uri: 'a.txt', path: 'a.txt' } as const;
const secret = token();
const line = `key = "${secret}"\n`;

const sourceOf = (input: Input, more: Partial<Source> = {}): Source => ({
  name: 'memory',
  async *inputs() {
    yield input;
  },
  ...more,
});

/** The reasons that a scan of one input gives. */
async function dropsIn(
  content: string | Uint8Array,
  {
    input = {},
    source = {},
    ...request
  }: Partial<ScanRequest> & { input?: Partial<Input>; source?: Partial<Source> } = {},
): Promise<Drop[]> {
  const drops: Drop[] = [];
  await scan({
    command: 'scan',
    sources: [sourceOf({ ...memoryInput(Buffer.from(content), artifact), ...input }, source)],
    ruleset: builtinRuleset(),
    minConfidence: 'likely',
    strict: false,
    clock: () => new Date('2026-11-20T00:00:00Z'),
    onDrop: (drop) => drops.push(drop),
    ...request,
  });
  return drops;
}

/** A rule set of one rule, found by `acme_key_`. @param form keys of its form */
function ownRules(pattern: string, form = ''): Ruleset {
  const file = ruleFile({ pattern }).replace("examples = ['k=", `${form}\nexamples = ['k=`);
  return compileRuleset(loadRuleFile(file, 'own.toml').map((rule) => ({ ...rule, isCustom: true as const })));
}

/** A routable token whose checksum is invalid. */
function invalid(prefix: string): string {
  const good = routableToken(random, { prefix, payload: { o: 1, u: 7 }, version: 'v1' });
  return `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`;
}

const personal = compileRuleset(
  builtinRuleset().rules.filter(({ id }) => id === 'gitlab_personal_access_token_routable'),
);

const CASES: { readonly [Kind in DropReason['kind']]: () => Promise<Drop[]> } = {
  pattern: async () => await dropsIn('glpat-short'),
  'max-span': async () =>
    await dropsIn(`acme_key_${'ab'.repeat(12)}`, { ruleset: ownRules('acme_key_[a-z]{8,40}', 'max_span = 20') }),
  check: async () =>
    await dropsIn('acme_key_wordsandwordswords', {
      ruleset: ownRules('acme_key_(?<body>[A-Za-z]{18})', 'check = "unprefixed"'),
    }),
  unnamed: async () => await dropsIn(`gitlab calls(${expandExample('{devise:20}', seededRandom(3)).text})`),
  'right-end': async () => await dropsIn(`x = ${invalid('glpat-')}`),
  'routable-shape': async () => await dropsIn('glpat-short'),
  checksum: async () => await dropsIn(`x = ${invalid('')}`),
  'routable-type': async () =>
    await dropsIn(`glpat-x ${routableToken(random, { prefix: 'glrt-', payload: { o: 1 }, version: 'v1' })}`, {
      ruleset: {
        ...personal,
        keywords: [
          ...personal.keywords,
          { text: '.01.', encoded: true, isName: false, trials: [{ kind: 'routable', version: '01' }] },
        ],
      },
    }),
  overlap: async () => {
    const [rule] = loadRuleFile(
      ruleFile({ id: 'own', keyword: 'key = ', pattern: 'key = "(?<secret>[^"]{8,})"' }),
      'own.toml',
    );
    return await dropsIn(line, {
      ruleset: compileRuleset([...builtinRuleset().rules, { ...rule!, isCustom: true }]),
    });
  },
  'joined-lines': async () => {
    const drops: Drop[] = [];
    const input = memoryInput(Buffer.from(line), artifact);
    const { candidates } = await createMatcher(builtinRuleset(), createTsKernel).match(input);
    const guesses = candidates.map(
      (one) => ({ ...one, isGuess: true, evidence: { ...one.evidence, touched: true } }) as const,
    );
    keepBest(guesses, (drop) => drops.push({ ...drop, artifact }));
    return drops;
  },
  'too-many-candidates': async () => await dropsIn(Array.from({ length: 10_001 }, () => `${token()}\n`).join('')),
  'not-new': async () => await dropsIn(line, { input: { before: [() => memoryInput(Buffer.from(line), artifact)] } }),
  'archive-entry': async () => await dropsIn(tar({ 'inside.txt': line })),
  placeholder: async () =>
    await dropsIn('acme_key_xxxxxxxxxxxxxxxx', { ruleset: ownRules('acme_key_(?<body>x{16})', 'context = true') }),
  'same-secret': async () => await dropsIn(line + line),
  'below-confidence': async () => await dropsIn(line, { minConfidence: 'proven' }),
  filtered: async () => await dropsIn(line, { source: { attribute: async () => await Promise.resolve([]) } }),
  suppressed: async () =>
    await dropsIn(line, {
      accepted: {
        allow: [{ path: 'a.txt', reason: 'a fixture', origin: '.glaive.toml:3' }],
        baseline: [],
        inline: true,
      },
    }),
  'excluded-path': async () => {
    const root = tempRepository({ 'a.txt': line, '.glaiveignore': '*.txt\n' });
    const { stdout } = await glaive(['explain', 'a.txt', '--format', 'json'], { cwd: root });
    return (JSON.parse(stdout) as { dropped: Drop[] }).dropped;
  },
};

describe('every reason for which a scan drops a possible credential', () => {
  it.each(Object.keys(CASES) as DropReason['kind'][])('%s', async (kind) => {
    const drop = (await CASES[kind]()).find(({ reason }) => reason.kind === kind);
    expect(drop).toBeDefined();
    expect(dropStep(drop!.reason)).toMatch(/^[a-z ]+$/);
    expect(dropText(drop!.reason)).toMatch(/^\S.{15,}[^.]$/);
    expect(JSON.stringify(drop)).not.toContain(secret);
  });

  it('names the check, the better candidate, and the entry that accepts', async () => {
    const texts = await Promise.all(
      (['check', 'overlap', 'suppressed', 'same-secret'] as const).map(async (kind) =>
        dropText((await CASES[kind]()).find(({ reason }) => reason.kind === kind)!.reason),
      ),
    );
    expect(texts[0]).toContain('"unprefixed"');
    expect(texts[1]).toBe('a better match overlaps it: gitlab_personal_access_token at 1:8');
    expect(texts[2]).toBe('by the configuration: a fixture (.glaive.toml:3)');
    expect(texts[3]).toContain('a.txt:1:8');
  });

  it('of two passes that find the same secret, one finding is dropped as a duplicate', async () => {
    const input = memoryInput(Buffer.from(line), artifact);
    const drops = await dropsIn(line, { others: [{ ruleset: builtinRuleset(), sources: [sourceOf(input)] }] });
    expect(drops).toContainEqual(expect.objectContaining({ reason: expect.objectContaining({ kind: 'same-secret' }) }));
  });

  it('a candidate that lost to one that is dropped later names the one that overlaps it', async () => {
    const { candidates } = await createMatcher(builtinRuleset(), createTsKernel).match(
      memoryInput(Buffer.from(`${token()} ${token()} ${token()}\n`), artifact),
    );
    const [a, b, c] = candidates.map(({ region, ...one }, index) => ({
      ...one,
      ...(index < 2 ? { isCustom: true as const } : {}),
      region: { ...region, byteOffset: [0, 8, 30][index]!, byteLength: [12, 30, 30][index]! },
    }));
    const drops: Omit<Drop, 'artifact'>[] = [];
    expect(keepBest([a!, b!, c!], (drop) => drops.push(drop))).toEqual([c]);
    expect(drops.map(({ reason }) => reason.kind)).toEqual(['overlap', 'overlap']);
  });

  it('a step in encoded text names the encodings, and the place of the encoded bytes', async () => {
    const encoded = Buffer.from('the token is glpat-short, and it is no token').toString('base64');
    const drop = (await dropsIn(`one\n${encoded}\n`)).find(({ reason }) => reason.kind === 'pattern');
    expect(drop).toMatchObject({ encodings: ['base64'], region: { startLine: 2 } });
  });
});

describe('glaive explain PATH:LINE', () => {
  const places = (): string =>
    tempRepository({ 'a.txt': `${line}glpat-short\nnothing\n${line}# ${token()} glaive:allow\n` });

  it('says that a finding is reported, and why another place is not', async () => {
    const root = places();
    expect(await glaive(['explain', 'a.txt:1'], { cwd: root })).toMatchObject({
      code: 0,
      stdout:
        'a.txt:1:8  GitLab personal access token (gitlab_personal_access_token)\n' +
        "  reported as certain: prefix, format and alphabet match GitLab's\n",
      stderr: '',
    });
    const second = await glaive(['explain', 'a.txt:2'], { cwd: root });
    expect(second.stdout).toContain(
      'a.txt:2:1  GitLab personal access token (gitlab_personal_access_token), form "legacy, 20 characters"\n' +
        '  dropped (pattern): the text there does not have the shape of the form\n',
    );
    expect((await glaive(['explain', 'a.txt:3'], { cwd: root })).stdout).toContain('No rule applies');
    expect((await glaive(['explain', 'a.txt:5'], { cwd: root })).stdout).toContain(
      'dropped (suppression): by a comment',
    );
  });

  it('as JSON, for a whole file, without any secret', async () => {
    const { code, stdout } = await glaive(['explain', 'a.txt', '--format', 'json'], { cwd: places() });
    const said = JSON.parse(stdout) as { reported: { secretFingerprint: string; region: object }[]; dropped: object[] };
    expect(code).toBe(0);
    expect(said.reported.map(({ secretFingerprint }) => secretFingerprint)).toEqual([
      fingerprintOf(secret),
      fingerprintOf(secret),
    ]);
    expect(said.dropped).toContainEqual(expect.objectContaining({ step: 'suppression' }));
    expect(stdout).not.toContain(secret);
  });

  it('--staged explains what the next commit adds', async () => {
    const root = tempRepository({ 'a.txt': line });
    writeFiles(root, { 'a.txt': `${line}${token()}\n` });
    git(root, 'add', '--all');
    const [old, added] = await Promise.all(
      ['a.txt:1', 'a.txt:2'].map(async (place) => (await glaive(['explain', '--staged', place], { cwd: root })).stdout),
    );
    expect(old).toContain('dropped (change): the version before the change had it too');
    expect(added).toContain('reported as certain');
  });

  it('a configuration, a baseline and a confidence apply as in a scan', async () => {
    const root = places();
    await glaive(['baseline', '--yes', '--reason', 'revoked'], { cwd: root });
    const accepted = await glaive(['explain', 'a.txt:1'], { cwd: root });
    expect(accepted.stdout).toContain(
      `dropped (suppression): in the baseline: revoked (baseline, ${fingerprintOf(secret).slice(0, 12)} (a.txt))`,
    );
    const weak = await glaive(['explain', 'a.txt:1', '--min-confidence', 'proven'], { cwd: root });
    expect(weak.stdout).toContain('dropped (confidence): its confidence is certain, and only proven or better');
  });

  it('a secret in the name of the file is masked; flags need what they are for', async () => {
    const folder = tempFolder();
    const name = `${token()}.txt`;
    writeFiles(folder, { [name]: 'glpat-short\n', 'gone.txt': '' });
    unlinkSync(`${folder}/gone.txt`);
    const { stdout, stderr } = await glaive(['explain', `${name}:1`], { cwd: folder });
    expect(stdout).toContain('dropped (pattern)');
    expect(stdout + stderr).not.toContain(name.slice(6, 20));
    expect(await glaive(['explain', name, '--verify'], { cwd: folder })).toMatchObject({ code: 2 });
    const gone = await glaive(['explain', '--staged', 'gone.txt:1'], { cwd: folder });
    expect(gone).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--staged needs the PATH of a file') as string,
    });
  });
});
