/** `glaive report --merge-request`: posts the findings to a merge request. */

import { plural } from '../../lib/format-amounts.ts';
import { showWord } from '../../lib/show-word.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Io } from '../../model/io.ts';
import { isComplete, type Report } from '../../model/report.ts';
import { ApiError } from '../../http/api-error.ts';
import { remarkOf, renderMarkdown } from '../../report/markdown.ts';
import { distinctFindings, linesOf, ruleLookup } from '../../report/lookups.ts';
import { postRemarks, type Remark } from '../../report/merge-request-threads.ts';
import { clientFor } from '../servers/gitlab-access.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';

/** @throws GlaiveError with what is missing, mostly a token with the scope api */
export async function postToMergeRequest(iid: string, report: Report, args: ParsedArgs, io: Io): Promise<void> {
  const project = projectOf(args, io);
  const client = (await clientFor(args, io))(io.signal);
  const ruleOf = ruleLookup(report);
  const remarks = distinctFindings(report).map((finding): Remark => {
    const isInFile = finding.artifact.kind === 'file' && finding.artifact.entries === undefined;
    return {
      key: finding.fingerprint,
      body: remarkOf(finding, ruleOf(finding)),
      ...(isInFile ? { path: finding.artifact.uri, line: linesOf(finding).startLine } : {}),
    };
  });
  const summary = [...renderMarkdown(report, { color: false, quiet: false, showSuppressed: false })].join('');
  try {
    const { created, updated, resolved, unchanged } = await postRemarks(client, project, iid, {
      remarks,
      summary,
      isComplete: isComplete(report),
      isNews: report.notes.length > 0,
    });
    if (!args.has('quiet'))
      await io.stderr.write(
        `glaive: merge request !${iid}: ${plural(created, 'thread')} opened, ${updated} changed, ${resolved} resolved, ${unchanged} as they were\n`,
      );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new GlaiveError('usage', `merge request !${iid} of ${showWord(project)}: ${error.message}`, {
      hint: ['forbidden', 'granular', 'scope', 'unauthorized', 'not-found'].includes(error.reason)
        ? 'GLAIVE_GITLAB_TOKEN must hold a token with the scope api, of a member with the role Reporter, or a fine-grained one that may read the merge request and write its notes: the token of a job cannot post.'
        : 'What was posted stays. Run it again: nothing is posted twice.',
      cause: error,
    });
  }
}

function projectOf(args: ParsedArgs, io: Io): string {
  const project = args.value('project') ?? io.env['CI_MERGE_REQUEST_PROJECT_ID'] ?? io.env['CI_PROJECT_ID'] ?? '';
  if (project !== '') return project;
  throw usage('report', '--merge-request needs to know the project', 'Name it: --project group/project');
}
