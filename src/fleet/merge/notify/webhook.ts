/**
 * A message by HTTP: the numbers and the news as JSON, signed. The receiver checks `X-Glaive-Signature` (`sha256=` and the HMAC-SHA256 of
 * the timestamp, a dot and the body), refuses old timestamps, and recognises repetitions by `X-Glaive-Delivery`.
 */

import { createHmac } from 'node:crypto';
import { ApiError } from '../../../http/api-error.ts';
import { HttpClient, type HttpClientOptions } from '../../../http/http-client.ts';
import { isHttpsOrLoopback } from '../../../http/server.ts';
import { GlaiveError } from '../../../model/errors.ts';

export interface WebhookOptions extends HttpClientOptions {
  readonly url: URL;
  /** Of the signature. */
  readonly secret: string;
  readonly delivery: string;
  readonly now: Date;
}

/** @throws GlaiveError (`usage`) for an address that no message may be sent to; it does not repeat the address, which may be secret */
export function webhookUrl(address: string): URL {
  const refuse = (why: string): GlaiveError =>
    new GlaiveError('usage', `--notify: ${why}`, {
      hint: 'It takes https://HOST/PATH, mail:ADDRESS or issues.',
    });
  if (!URL.canParse(address)) throw refuse('this is no address of a webhook');
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') throw refuse('the address of the webhook has a user or a password');
  if (!isHttpsOrLoopback(url)) throw refuse('a webhook needs https://');
  return url;
}

/** @throws GlaiveError if it is not accepted */
export async function sendWebhook(body: object, options: WebhookOptions): Promise<void> {
  const { url, secret, delivery, now } = options;
  const text = JSON.stringify(body);
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const failed = (why: string, cause?: unknown): GlaiveError =>
    new GlaiveError('output', `the webhook at ${url.host} was not reached: ${why}`, {
      hint: 'The message is sent by the next merge.',
      cause,
    });
  let status: number;
  try {
    const response = await new HttpClient(options).request({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        'x-glaive-delivery': delivery,
        'x-glaive-timestamp': timestamp,
        'x-glaive-signature': `sha256=${signatureOf(text, timestamp, secret)}`,
      },
      body: text,
      // The receiver recognises a repetition.
      isRetryable: true,
      maxWait: 60,
      timeout: 60_000,
    });
    response.cancel();
    status = response.status;
  } catch (error) {
    if (error instanceof ApiError) throw failed(error.message, error);
    throw error;
  }
  if (status < 200 || status > 299) throw failed(`it responded with ${status}`);
}

/** Hex. */
export function signatureOf(body: string, timestamp: string, secret: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}
