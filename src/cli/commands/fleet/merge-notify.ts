/** `glaive fleet merge --notify`: messages about what is new, each once. */

import { Channel, type News } from '../../../fleet/merge/notify/news.ts';
import { tellProjects } from '../../../fleet/merge/notify/issues.ts';
import { mailAddress, sendMail } from '../../../fleet/merge/notify/mail.ts';
import { messageBody, messageText, subjectOf } from '../../../fleet/merge/notify/message.ts';
import { sendWebhook, webhookUrl } from '../../../fleet/merge/notify/webhook.ts';
import type { Summary } from '../../../fleet/merge/summary.ts';
import type { Plan } from '../../../fleet/plan.ts';
import { ApiError } from '../../../http/api-error.ts';
import { plural } from '../../../lib/format-amounts.ts';
import { GlaiveError } from '../../../model/errors.ts';
import { clientFor, hourlyOf, onWaitOf, serverOf } from '../../servers/gitlab-access.ts';
import { openNetwork } from '../../servers/network-options.ts';
import type { FleetCall } from './call.ts';

export interface OpenChannel {
  readonly channel: Channel;
  readonly send: (summary: Summary, news: News, call: FleetCall) => Promise<void>;
  /** Whether its messages name repositories without a whole result. */
  readonly hasGaps: boolean;
}

/** It refuses a wrong `--notify` before anything is merged. @throws GlaiveError */
export function openChannels({ store, args, io }: FleetCall, { head }: Plan): OpenChannel[] {
  return [...new Set(args.values('notify'))].map((where) => {
    if (where === 'issues') {
      const channel = new Channel(store, 'issues', serverOf(args, io), head.id);
      return { channel, send: sendIssues, hasGaps: false };
    }
    if (where.startsWith('mail:')) {
      const to = mailAddress(where.slice('mail:'.length));
      const channel = new Channel(store, 'mail', to, head.id);
      return { channel, hasGaps: true, send: async (...rest) => await send(to, ...rest) };
    }
    const url = webhookUrl(where);
    const secret = io.env['GLAIVE_NOTIFY_SECRET'] ?? '';
    if (secret.length < 16)
      throw new GlaiveError('usage', '--notify: GLAIVE_NOTIFY_SECRET must hold at least 16 characters', {
        hint: 'The webhook recognises messages of glaive by it: openssl rand -hex 32',
      });
    const channel = new Channel(store, 'webhook', url.href, head.id);
    return { channel, hasGaps: true, send: async (...rest) => await post({ url, secret }, ...rest) };
  });
}

/** Sends what is new, and records it. @throws GlaiveError */
export async function tell(
  { channel, send: how, hasGaps }: OpenChannel,
  summary: Summary,
  call: FleetCall,
): Promise<void> {
  const all = channel.news(summary);
  const news: News = hasGaps ? all : { ...all, isBroken: false };
  const isNothing = news.items.length === 0 && !news.isBroken;
  if (!isNothing) await how(summary, news, call);
  await channel.record(news, isNothing ? undefined : call.io.clock().toISOString());
}

async function send(to: string, summary: Summary, news: News, { io }: FleetCall): Promise<void> {
  const { delivery } = news;
  await sendMail({ to, subject: subjectOf(summary, news), text: messageText(summary, news), delivery }, io);
}

async function post(
  { url, secret }: { readonly url: URL; readonly secret: string },
  summary: Summary,
  news: News,
  { args, io }: FleetCall,
): Promise<void> {
  await sendWebhook(messageBody(summary, news), {
    url,
    secret,
    delivery: news.delivery,
    now: io.clock(),
    network: openNetwork(args, io),
    signal: io.signal,
    requestsPerHour: hourlyOf(args),
    onWait: onWaitOf(args, io),
  });
}

async function sendIssues(_: Summary, { items }: News, { args, io }: FleetCall): Promise<void> {
  const client = (await clientFor(args, io))(io.signal);
  let result: Awaited<ReturnType<typeof tellProjects>>;
  try {
    result = await tellProjects(client, items);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new GlaiveError('output', `no issue was opened: ${error.message}`, { hint: HINT, cause: error });
  }
  const { opened, changed, failures } = result;
  if (!args.has('quiet')) await io.stderr.write(`glaive: ${plural(opened, 'issue')} opened, ${changed} changed\n`);
  const [first] = failures;
  if (first === undefined) return;
  throw new GlaiveError(
    'output',
    `${plural(failures.length, 'project')} could not get an issue; the project ${first.project}: ${first.why}`,
    { hint: HINT },
  );
}

const HINT =
  'GLAIVE_GITLAB_TOKEN must hold a token with the scope api, of a user who may see confidential issues. What was written stays; merge again: nothing is written twice.';
