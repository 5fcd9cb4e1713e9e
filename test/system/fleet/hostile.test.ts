/** Names that an attacker chooses, from the server to each output of a fleet; and messages by HTTPS and by mail to real receivers. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '../../support/certificates.ts';
import { hostedFleet } from '../../support/hosted-fleet.ts';
import { bodyOf, listen } from '../../support/listen.ts';
import { glaiveProcess } from '../../support/run-program.ts';
import { tokenMint } from '../../support/scan-report.ts';
import { git, tempFolder, writeFiles } from '../../support/temp-folder.ts';

const newToken = tokenMint(2790);
/** Moves the cursor, turns text around, is markup, is a formula, is a link; and is long. */
const ATTACK = `=cmd|' /C x'!A0<script>alert(1)</script><img src=x onerror=alert(1)>\u001b[2J\u001b]8;;http://x\u0007\u202e\u009b31m"'&\r\nglaive: all is well`;
const LONG = 'l'.repeat(1500);
/** Control characters, but for the end of a line; and what turns text around. */
// oxlint-disable-next-line no-control-regex -- these are what must not be there
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

/** What a mail server was sent. */
async function mailSink(): Promise<{ readonly port: number; readonly received: () => string }> {
  let received = '';
  const server = createServer((socket) => {
    let isData = false;
    let pending = '';
    socket.on('error', () => {});
    socket.write('220 localhost ESMTP\r\n');
    socket.on('data', (piece) => {
      pending += piece.toString('latin1');
      for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        if (isData) {
          if (line === '.') isData = false;
          else received += `${line}\n`;
          if (!isData) socket.write('250 ok\r\n');
        } else if (line === 'DATA') {
          isData = true;
          socket.write('354 go on\r\n');
        } else if (line === 'QUIT') socket.end('221 bye\r\n');
        else {
          if (line.startsWith('RCPT')) received += `${line}\n`;
          socket.write('250 ok\r\n');
        }
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, received: () => received };
}

it('no output repeats what a name would do; a webhook with a private certificate and a mail say the same', async () => {
  const own = newToken();
  const hosted = await hostedFleet(5, own);
  const folder = tempFolder();
  const store = join(folder, 'store');
  hosted.commit('a/plain');
  hosted.commit('a/attack', true);
  hosted.commit('a/gone');
  // Names of files and refs that git allows.
  const clone = join(folder, 'clone');
  git(folder, 'clone', '--quiet', join(hosted.root, 'a/attack.git'), clone);
  const leaks = Array.from({ length: 3 }, newToken);
  const branch = `=1+1;<script>alert(1)</script>,"'&${'b'.repeat(150)}`;
  git(clone, 'checkout', '--quiet', '-b', branch);
  writeFiles(clone, {
    [`${ATTACK.replaceAll('/', '|')}.env`]: `A=${leaks[0]}\n`,
    '@SUM(1+1)<b>.env': `A=${leaks[1]}\n`,
  });
  writeFileSync(Buffer.from(`${clone}/\xff\xfe\x1b[31m.env`, 'latin1'), `A=${leaks[2]}\n`);
  git(clone, 'add', '--all');
  git(clone, '-c', 'user.name=<script>\u001b[5m=x()', 'commit', '--quiet', '--message', ATTACK);
  git(clone, 'push', '--quiet', 'origin', branch);
  hosted.instead = ({ url }, response) => {
    if (!url.startsWith('/a/gone.git')) return false;
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`${ATTACK} ${own}`);
    return true;
  };
  hosted.api.projects = [
    { id: 1, path: 'a/attack', fields: { path_with_namespace: `${ATTACK}/attack`, web_url: `javascript:alert(1)` } },
    { id: 2, path: 'a/plain', fields: { path_with_namespace: `a/${LONG}`, web_url: `${hosted.url}/"><script>` } },
    { id: 3, path: 'a/gone', fields: { path_with_namespace: `${ATTACK}/${own}` } },
  ];

  const authority = await createAuthority();
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, authority.ca);
  const bodies: string[] = [];
  const hook = await listen(
    (request, response) => {
      void bodyOf(request).then((body) => {
        bodies.push(body);
        response.end();
      });
    },
    await authority.issue(['localhost']),
  );
  const sink = await mailSink();
  writeFiles(folder, {
    'config/msmtp/config': `account default\nhost 127.0.0.1\nport ${sink.port}\nfrom glaive@example.com\ntls off\nauth off\n`,
  });
  const said: string[] = [];
  const fleet = async (verb: string, ...args: string[]) => {
    const env = {
      GLAIVE_GITLAB_TOKEN: own,
      GLAIVE_NOTIFY_SECRET: newToken(),
      XDG_CONFIG_HOME: join(folder, 'config'),
    };
    const ran = await glaiveProcess(['fleet', verb, '--store', store, ...args], { env });
    expect(ran.stderr).not.toMatch(/internal error|^ +at /m);
    said.push(ran.stdout, ran.stderr);
    return ran;
  };
  expect((await fleet('plan', '--gitlab-url', hosted.url)).code).toBe(0);
  expect((await fleet('work', '--disk-free', '1', '--retries', '0')).code).toBe(2);
  const [pages, json, metrics] = [join(folder, 'pages'), join(folder, 'out.json'), join(folder, 'out.prom')];
  const outputs = ['--output', `html=${pages}`, '--output', `json=${json}`, '--output', `openmetrics=${metrics}`];
  const untrusted = await fleet('merge', '--notify', hook.url);
  expect([untrusted.code, untrusted.stderr]).toEqual([2, expect.stringContaining('--ca-file')]);
  const notify = ['--notify', hook.url, '--ca-file', ca];
  const hasMail = existsSync('/usr/bin/msmtp') && !existsSync('/usr/sbin/sendmail');
  const mail = hasMail ? ['--notify', 'mail:security@example.com'] : [];
  const merged = await fleet('merge', ...outputs, ...notify, ...mail);
  expect([merged.code, merged.stderr]).toEqual([2, expect.not.stringContaining('not reached')]);
  const status = await fleet('status');
  expect(status.code).toBe(2);
  const statusJson = await fleet('status', '--format', 'json');
  expect(JSON.parse(statusJson.stdout)).toMatchObject({ glaive: 'fleet-status', failed: 1 });

  const html = readdirSync(pages, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
  expect(html).not.toMatch(/<script|<img|<b>\.env|href="(?!https?:|#|[\w-]+\.html|data:)/i);
  const summary = JSON.parse(readFileSync(json, 'utf8')) as { readonly findings: { readonly open: number } };
  expect(summary.findings.open).toBe(4);
  expect(bodies).toHaveLength(1);
  expect(JSON.parse(bodies[0]!)).toMatchObject({ glaive: 'fleet-notification', new: 4, isBroken: true });
  const mailText = Buffer.from(
    sink.received().split('\n\n').slice(1).join('').replaceAll('\n', ''),
    'base64',
  ).toString();
  if (hasMail) {
    expect(sink.received()).toContain('RCPT TO:<security@example.com>');
    expect(mailText).toContain('Not scanned whole:');
  }
  const forPeople = { said: said.join('\n'), html, metrics: readFileSync(metrics, 'utf8'), mail: mailText };
  for (const [name, text] of Object.entries(forPeople)) {
    expect(UNSAFE.exec(text)?.[0], name).toBe(undefined);
    // No line of theirs looks like one of glaive.
    expect(text, name).not.toMatch(/^glaive: all is well/m);
  }
  // No secret anywhere: not in what is printed, written, sent or kept.
  const index = readdirSync(join(store, 'index'), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  const everything = {
    ...forPeople,
    json: readFileSync(json, 'utf8'),
    hook: bodies.join('\n'),
    index: index.join('\n'),
  };
  const leaked = Object.entries(everything).flatMap(([name, text]) =>
    [own, ...leaks, ...hosted.tokens]
      .filter((secret) => text.includes(secret.slice(6)))
      .map((secret) => `${name}, at ${text.indexOf(secret.slice(6))}`),
  );
  expect(leaked).toEqual([]);
});
