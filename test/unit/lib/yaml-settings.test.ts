/** Settings as glab writes them, and YAML that must not be misread. */

import { expect, it } from 'vitest';
import { settingsBelow } from '../../../src/lib/yaml-settings.ts';

const of = (text: string, ...path: readonly string[]) => Object.fromEntries(settingsBelow(text, ...path) ?? []);

it('reads the settings of one host, whatever is around them', () => {
  const text = [
    '# What protocol to use when performing Git operations. Supported values: ssh, https.',
    'git_protocol: ssh',
    'token: top # not of a host',
    '# Configuration specific for GitLab instances.',
    'hosts:',
    '    gitlab.com:',
    '        # What protocol to use to access the API endpoint. Supported values: http, https.',
    '        api_protocol: https',
    '        token: !!null first-token',
    '    "localhost:8080":',
    "        token: 'it''s second' # quoted",
    '    gitlab.example.com:8443:',
    '        token: "third\\ttoken"',
    '        nested:',
    '            token: deeper',
    'last: x',
    'token: at the end',
  ];
  for (const end of ['\n', '\r\n']) {
    const all = text.join(end);
    expect(of(all, 'hosts', 'gitlab.com')).toEqual({ api_protocol: 'https', token: 'first-token' });
    expect(of(all, 'hosts', 'localhost:8080')).toEqual({ token: "it's second" });
    expect(of(all, 'hosts', 'gitlab.example.com:8443')).toEqual({ token: 'third\ttoken', nested: '' });
    expect(settingsBelow(all, 'hosts', 'elsewhere')).toBeUndefined();
    expect(settingsBelow(all, 'hosts', 'token')).toBeUndefined();
  }
});

it('a host without settings has none, and a value is no host', () => {
  expect(of('hosts:\n  a:\n  b:\n    token: x\n', 'hosts', 'a')).toEqual({});
  expect(settingsBelow('hosts:\n  a: b\n', 'hosts', 'a')).toBeUndefined();
  expect(settingsBelow('hosts: {a: {token: x}}\n', 'hosts', 'a')).toBeUndefined();
});

it('values of several lines, anchors and collections are missing, and never taken for text', () => {
  const text =
    'a:\n  b: |\n    token: x\n  c: &anchor y\n  d: *anchor\n  e: [1, 2]\n  f: "open\n  g: {h: i}\n  j: >-\n    k\n';
  expect(of(text, 'a')).toEqual({});
});
