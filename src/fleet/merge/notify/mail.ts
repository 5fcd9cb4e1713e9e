/** A message by mail, which the machine's own sendmail or msmtp sends. No shell is involved, and the text goes in by standard input. */

import { fsErrorMessage } from '../../../lib/fs-error-message.ts';
import { programOnPath, withPath } from '../../../lib/program-path.ts';
import { runWithInput } from '../../../lib/wrapped-command.ts';
import { GlaiveError } from '../../../model/errors.ts';
import type { Io } from '../../../model/io.ts';

export interface Mail {
  readonly to: string;
  /** ASCII. */
  readonly subject: string;
  readonly text: string;
  readonly delivery: string;
}

/** One address, without a name, that no program takes for an option. */
const ADDRESS = /^[A-Za-z0-9][A-Za-z0-9._%+=-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;

/** @throws GlaiveError (`usage`) */
export function mailAddress(text: string): string {
  if (ADDRESS.test(text)) return text;
  throw new GlaiveError('usage', '--notify: mail: needs one address, like mail:security@example.com');
}

/** @throws GlaiveError if there is no program, or it fails */
export async function sendMail(mail: Mail, io: Pick<Io, 'env' | 'cwd' | 'clock' | 'signal'>): Promise<void> {
  // sendmail is often outside of the PATH of services.
  const env = withPath(io.env, (path) => [path, '/usr/sbin', '/usr/lib'].filter((part) => part !== '').join(':'));
  const program = programOnPath(['sendmail', 'msmtp'], env);
  if (program === undefined)
    throw new GlaiveError('output', 'no mail was sent: there is neither sendmail nor msmtp on the PATH', {
      hint: 'Install one of them; the message is sent by the next merge.',
    });
  let ended: { readonly code: number; readonly stderr: string };
  try {
    ended = await runWithInput(program, ['-i', '--', mail.to], {
      cwd: io.cwd,
      env: io.env,
      input: mailText(mail, io.clock()),
      signal: io.signal,
    });
  } catch (error) {
    throw new GlaiveError('output', `no mail was sent: cannot start ${program}: ${fsErrorMessage(error)}`, {
      cause: error,
    });
  }
  if (ended.code === 0) return;
  throw new GlaiveError('output', `no mail was sent: ${program} ended with ${ended.code}`, {
    hint: 'The message is sent by the next merge.',
  });
}

/** RFC 5322; the text is in base64, so no line of it is too long or has a meaning. */
export function mailText({ to, subject, text, delivery }: Mail, now: Date): string {
  const encoded = Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n');
  return [
    `To: <${to}>`,
    `Subject: ${folded(subject)}`,
    `Date: ${now.toUTCString().replace('GMT', '+0000')}`,
    // The same for a message that is sent twice.
    `Message-ID: <${delivery}@glaive.invalid>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    encoded,
    '',
  ].join('\n');
}

/** Plain characters only, in lines of at most 78. */
function folded(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/(.{1,60})(?: |$)/g, '$1\n ')
    .trim();
}
