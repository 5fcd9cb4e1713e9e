/** Findings of several projects in one report: which project each is of. */

import { createHash } from 'node:crypto';
import { defined } from '../lib/defined.ts';
import type { Finding, FindingProject } from '../model/finding.ts';
import type { Gap } from '../model/gap.ts';
import type { Report } from '../model/report.ts';

/** The project of a report, else its repository; undefined if neither is known. */
export function projectOf({ project, repository }: Report): FindingProject | undefined {
  if (project !== undefined) {
    const { id, path, url } = project;
    if (id !== undefined || path !== undefined || url !== undefined) return defined({ id, path, url });
  }
  if (repository === undefined) return undefined;
  return /^[a-z]+:\/\//.test(repository) ? { url: repository } : { path: repository };
}

/** The same for reports of the same project, also after it was moved. */
export function keyOfProject(project: FindingProject | undefined): string {
  if (project === undefined) return '';
  const { id, path, url } = project;
  return id === undefined ? `${url ?? ''} ${path ?? ''}` : `${id} ${url === undefined ? '' : hostOf(url)}`;
}

function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/]+)/.exec(url)?.[1] ?? '';
}

/** The findings of a report, each with its project. */
export function withProject(findings: readonly Finding[], project: FindingProject | undefined): readonly Finding[] {
  return project === undefined ? findings : findings.map((finding) => ({ project, ...finding }));
}

/** With a fingerprint that differs from project to project, for formats in which it must be unique. */
export function uniqueInProjects(finding: Finding): Finding {
  const { project, fingerprint } = finding;
  if (project === undefined) return finding;
  const unique = createHash('sha256')
    .update(`${keyOfProject(project)}\0${fingerprint}`)
    .digest('hex');
  return { ...finding, fingerprint: unique };
}

/** For people: the project before the name of the artifact, where a report has findings of several. */
export function namedByProject(report: Report): Report {
  if (report.findings.every(({ project }) => project === undefined)) return report;
  return { ...report, findings: report.findings.map(named) };
}

/** The gaps of a report, each with its project. */
export function gapsNamed(report: Report): readonly Gap[] {
  const name = nameOf(projectOf(report));
  return name === undefined ? report.gaps : report.gaps.map((gap) => ({ ...gap, message: `${name}: ${gap.message}` }));
}

function nameOf(project: FindingProject | undefined): string | undefined {
  return project?.path ?? project?.url ?? (project?.id === undefined ? undefined : `project ${project.id}`);
}

function named(finding: Finding): Finding {
  const { project, artifact } = finding;
  const name = nameOf(project);
  return name === undefined ? finding : { ...finding, artifact: { ...artifact, uri: `${name}: ${artifact.uri}` } };
}
