/**
 * What a channel has not been sent yet: findings that are new, and findings that are active again. What was sent is recorded for each
 * channel, so nothing is sent twice, and what could not be sent tonight is sent tomorrow.
 */

import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { fsErrorMessage } from '../../../lib/fs-error-message.ts';
import { readOptionalFile } from '../../../lib/optional-file.ts';
import { writeWhole } from '../../../lib/output-file.ts';
import { GlaiveError } from '../../../model/errors.ts';
import { indexPath } from '../../store.ts';
import { type FindingRow, identityOf, isOpen, type RepositoryRow } from '../rows.ts';
import type { Summary } from '../summary.ts';

const RecordSchema = v.object({
  glaive: v.literal('fleet-notified'),
  version: v.literal(1),
  /** What a channel knows of a finding, by key and identity. */
  findings: v.record(v.string(), v.picklist(['open', 'active', 'fixed'])),
  /** The last plan whose gaps were sent. */
  broken: v.optional(v.string()),
  /** The newest last. */
  sent: v.array(v.object({ delivery: v.string(), plan: v.string(), at: v.string(), findings: v.number() })),
});
type NotifiedRecord = v.InferOutput<typeof RecordSchema>;

export interface NewsItem {
  readonly finding: FindingRow;
  readonly repository: RepositoryRow;
  /** Whether it was known before, and is active now. */
  readonly isActiveAgain: boolean;
}

export interface News {
  readonly items: readonly NewsItem[];
  /** Whether the message names repositories without a whole result. */
  readonly isBroken: boolean;
  /** The same for the same news: receivers recognise a message that was sent twice by it. */
  readonly delivery: string;
}

/** Entries of the list of messages. */
const KEPT = 100;
/** Bytes. */
const RECORD_MAX = 256 * 1024 * 1024;

export class Channel {
  readonly #path: string;
  readonly #name: string;
  readonly #plan: string;
  readonly #before: NotifiedRecord | undefined;
  readonly #after: Record<string, 'open' | 'active' | 'fixed'>;
  readonly #items: NewsItem[] = [];

  /** @param name identifies where messages go; only a digest of it is stored @throws GlaiveError */
  constructor(store: string, kind: string, name: string, plan: string) {
    this.#name = `${kind}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
    this.#path = indexPath(store, `notified-${this.#name}.json`);
    this.#plan = plan;
    this.#before = readRecord(this.#path);
    this.#after = { ...this.#before?.findings };
  }

  add(repository: RepositoryRow, findings: readonly FindingRow[]): void {
    for (const finding of findings) {
      if (finding.isAccepted === true) continue;
      const id = `${finding.key} ${identityOf(finding)}`;
      const known = this.#before?.findings[id];
      const { status } = finding;
      if (status === 'fixed') {
        if (known !== undefined) this.#after[id] = 'fixed';
        continue;
      }
      if (!isOpen(finding)) continue;
      const isActive = status === 'active';
      const isAgain = known !== undefined && known !== 'active' && isActive;
      // A channel that is used for the first time is not sent everything that is known.
      const isNews = known === undefined && (this.#before !== undefined || finding.firstPlan === this.#plan);
      if (isNews || isAgain) this.#items.push({ finding, repository, isActiveAgain: isAgain });
      if (known === undefined || isActive) this.#after[id] = isActive ? 'active' : 'open';
    }
  }

  news(summary: Summary): News {
    const isBroken = !summary.isComplete && this.#before?.broken !== this.#plan;
    const ids = this.#items.map(
      ({ finding, isActiveAgain }) => `${finding.key} ${identityOf(finding)} ${isActiveAgain}`,
    );
    const text = [this.#name, this.#plan, String(isBroken), ...ids].join('\n');
    return { items: this.#items, isBroken, delivery: createHash('sha256').update(text).digest('hex').slice(0, 32) };
  }

  /** @param at when the message was sent; undefined: there was none to send @throws GlaiveError */
  async record({ items, isBroken, delivery }: News, at: string | undefined): Promise<void> {
    const sent = this.#before?.sent ?? [];
    const broken = isBroken ? this.#plan : this.#before?.broken;
    const record: NotifiedRecord = {
      glaive: 'fleet-notified',
      version: 1,
      findings: this.#after,
      ...(broken === undefined ? {} : { broken }),
      sent:
        at === undefined ? sent : [...sent, { delivery, plan: this.#plan, at, findings: items.length }].slice(-KEPT),
    };
    try {
      await writeWhole(this.#path, [`${JSON.stringify(record)}\n`], { mode: 0o600, makeFolders: true });
    } catch (error) {
      throw new GlaiveError('output', `cannot write ${this.#path}: ${fsErrorMessage(error)}`, {
        hint: 'A message may be sent again by the next merge.',
        cause: error,
      });
    }
  }
}

function readRecord(path: string): NotifiedRecord | undefined {
  const text = readOptionalFile(path, { max: RECORD_MAX });
  if (text === undefined) return undefined;
  try {
    return v.parse(RecordSchema, JSON.parse(text));
  } catch {
    throw new GlaiveError('usage', `${path} is not a record of messages`, {
      hint: 'Delete it: then only what is new from now on is sent.',
    });
  }
}
