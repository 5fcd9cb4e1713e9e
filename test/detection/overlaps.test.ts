/** Credentials next to each other and in each other, and the text next to them. */

import { describe, expect, it } from 'vitest';
import { Random } from '../support/mint.ts';
import { scanText } from '../support/scan-text.ts';
import { tokenMint } from '../support/scan-report.ts';

const token = tokenMint(17);
const random = new Random(18);
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object): string =>
  `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${random.bytes(32).toString('base64url')}`;
/** In seconds. */
const at = (date: string): number => Date.parse(date) / 1000;

describe('JWTs', () => {
  it('of the dependency proxy and of Conan hold the real token: two findings', async () => {
    for (const claims of [
      { user_id: 3, personal_access_token: token(), exp: at('2026-11-21') },
      { access_token: token(), user_id: 3, exp: at('2026-11-21') },
    ]) {
      const inner = claims.personal_access_token ?? claims.access_token;
      const outer = jwt(claims);
      const findings = await scanText(`Authorization: Bearer ${outer}\n`);
      expect(findings.map(({ secret }) => secret.reveal()).toSorted()).toEqual([outer, inner].toSorted());
      const found = findings.find(({ secret }) => secret.reveal() === inner)!;
      expect(found.locator.encodings).toEqual(['base64']);
    }
  });

  it('past their expiry are of low severity', async () => {
    const claims = {
      iss: 'https://gitlab.example.com',
      namespace_path: 'group',
      project_path: 'group/project',
      pipeline_id: '1',
      exp: at('2026-11-19'),
    };
    const [dead] = await scanText(jwt(claims));
    const [alive] = await scanText(jwt({ ...claims, exp: at('2026-11-21') }));
    expect([dead!.ruleId, dead!.severity, dead!.tokenStatus.state]).toEqual(['gitlab_id_token', 'low', 'inactive']);
    expect([alive!.severity, alive!.tokenStatus.state]).toEqual(['high', 'unknown']);
  });

  it('of other vendors are not reported', async () => {
    expect(await scanText(jwt({ iss: 'https://accounts.example.com', sub: '1', exp: at('2026-11-21') }))).toEqual([]);
  });
});

describe('pairs', () => {
  it('a token in a clone URL is one finding, with user, host and project', async () => {
    const secret = token();
    const findings = await scanText(
      `git clone https://oauth2:${secret}@gitlab.example.com:8443/group/sub/project.git\n`,
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]!.ruleId).toBe('gitlab_personal_access_token');
    const hints = Object.fromEntries(findings[0]!.hints!.map(({ kind, value }) => [kind, value]));
    expect(hints).toEqual({ user: 'oauth2', host: 'gitlab.example.com:8443', project: 'group/sub/project' });
  });

  it('a deploy token without prefix carries its user name, with its place', async () => {
    const secret = random.friendlyToken(20);
    const text = `docker login -u gitlab+deploy-token-42 -p ${secret} registry.example.com\n`;
    const [finding] = await scanText(text);
    expect([finding!.ruleId, finding!.confidence]).toEqual(['gitlab_deploy_token_in_context', 'likely']);
    const user = finding!.hints!.find(({ kind }) => kind === 'user')!;
    expect(user.value).toBe('gitlab+deploy-token-42');
    const { byteOffset, byteLength, startLine, startColumn } = user.region;
    expect(text.slice(byteOffset, byteOffset + byteLength)).toBe(user.value);
    expect([startLine, startColumn]).toEqual([1, byteOffset + 1]);
  });

  it('a hint is never a secret', async () => {
    const [one, two] = [token(), token()];
    const findings = await scanText(`https://${one}@gitlab.example.com/ https://user:${two}@gitlab.example.com/\n`);
    const shown = JSON.stringify(findings.map(({ hints }) => hints));
    expect(shown).not.toContain(one);
    expect(shown).not.toContain(two);
  });

  it('an OAuth application id next to its secret is a hint', async () => {
    const id = random.hex(64);
    const [finding] = await scanText(`client_id = "${id}"\nclient_secret = "gloas-${random.hex(64)}"\n`);
    expect(finding!.hints).toMatchObject([{ kind: 'application', value: id }]);
  });
});

describe('containers', () => {
  it("docker's config.json: the password in the auth of a registry", async () => {
    const secret = random.friendlyToken(20);
    const auth = Buffer.from(`gitlab-ci-token:${secret}`).toString('base64');
    const [finding] = await scanText(JSON.stringify({ auths: { 'registry.example.com': { auth } } }));
    expect([finding!.secret.reveal(), finding!.locator.encodings]).toEqual([secret, ['base64']]);
  });

  it('a Kubernetes secret that holds a config.json: two layers', async () => {
    const secret = token();
    const auth = Buffer.from(`user:${secret}`).toString('base64');
    const config = Buffer.from(JSON.stringify({ auths: { 'registry.example.com': { auth } } })).toString('base64');
    const yaml = `apiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ${config}\n`;
    const findings = await scanText(yaml);
    expect(findings.map(({ secret: found, locator }) => [found.reveal(), locator.encodings])).toEqual([
      [secret, ['base64', 'base64']],
    ]);
  });

  it('a value of a Kubernetes secret that was encoded twice', async () => {
    const secret = token();
    const twice = Buffer.from(Buffer.from(`TOKEN=${secret}\n`).toString('base64')).toString('base64');
    const [finding] = await scanText(`kind: Secret\nmetadata:\n  name: x\ndata:\n  other: YWJj\n  token: ${twice}\n`);
    expect([finding!.secret.reveal(), finding!.locator.encodings]).toEqual([secret, ['base64', 'base64']]);
  });
});
