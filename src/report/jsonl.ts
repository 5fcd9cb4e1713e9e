/** `jsonl`: the values of `json`, one a line, each with its `type`: one `report`, then rules, findings, gaps. */

import type { Render } from './format.ts';
import { jsonText } from './json-text.ts';
import { plainFindings, plainGap, plainHead, plainRules } from './json-model.ts';

export const renderJsonl: Render = function* (report) {
  const line = (type: string, value: object): string => `${jsonText({ type, ...value })}\n`;
  yield line('report', plainHead(report));
  for (const rule of plainRules(report)) yield line('rule', rule);
  for (const finding of plainFindings(report)) yield line('finding', finding);
  for (const gap of report.gaps) yield line('gap', plainGap(gap));
  for (const message of report.notes) yield line('note', { message });
};
