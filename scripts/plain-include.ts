/**
 * `templates/plain/glaive.yml`, made from the component `templates/glaive.yml`: for a GitLab before 15.11, which knows no inputs.
 * Inputs become variables where that is possible; the others have the component's defaults. It is not in `templates/` itself: all files
 * there are components of the catalog.
 */

/** The path of the plain file. */
export const PLAIN_INCLUDE = 'templates/plain/glaive.yml';
export const COMPONENT = 'templates/glaive.yml';

/** Inputs that become variables. */
const VARIABLES: Readonly<Record<string, string>> = {
  mode: 'GLAIVE_MODE',
  fail: 'GLAIVE_FAIL',
  'new-suppressions': 'GLAIVE_NEW_SUPPRESSIONS',
  note: 'GLAIVE_NOTE',
  verify: 'GLAIVE_VERIFY',
  source: 'GLAIVE_SOURCE',
  image: 'GLAIVE_IMAGE',
};

const HEAD = `# glaive for a GitLab that knows no inputs (before 15.11): made from templates/glaive.yml, which explains the jobs, by npm run docs.
#
#   include:
#     - project: group/glaive
#       file: templates/plain/glaive.yml
#   variables:
#     GLAIVE_MODE: push
`;

/** @param component the text of the component */
export function plainInclude(component: string): string {
  const [spec = '', jobs = ''] = component.split(/^---\n/m);
  const defaults = new Map(
    [...spec.matchAll(/^ {4}([\w-]+):\n((?: {6}.*\n)*)/gm)].map(([, name = '', about = '']) => [
      name,
      {
        value: /^ {6}default: (.*)$/m.exec(about)?.[1] ?? '',
        description: /^ {6}description: (.*)$/m.exec(about)?.[1],
      },
    ]),
  );
  const variables = Object.entries(VARIABLES).map(([input, variable]) => {
    const { value, description } = defaults.get(input)!; // a test has every input
    const quoted = /^(?:true|false)$/.test(value) ? `'${value}'` : value;
    return `  # ${description?.replace(/^'|'$/g, '')}\n  ${variable}: ${quoted}\n`;
  });
  const plain = jobs
    // These inputs are variables already.
    .replace(/^ {4}GLAIVE_(?:SOURCE|IMAGE|FAIL|VERIFY|NEW_SUPPRESSIONS|NOTE): .*\n/gm, '')
    // One job: `parallel: 1` is refused by old versions.
    .replace(/^ {2}parallel: .*\n/gm, '')
    .replace(/"\$\[\[ inputs\.mode \]\]"/g, '$GLAIVE_MODE')
    .replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => {
      const variable = VARIABLES[name];
      return variable === undefined ? defaults.get(name)!.value : `$${variable}`;
    });
  return `${HEAD}variables:\n${variables.join('')}\n${plain}`;
}
