/** What policies of Vault and OpenBao allow on a path, as the server itself finds it out (vault/acl.go, vault/policy.go). */

export type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'sudo' | 'patch' | 'deny';

/** Capabilities by path: exact, with `*` at the end for all that begins so, with `+` for one segment. */
export type Policy = Readonly<Record<string, readonly Capability[]>>;

/** The policy that every token has, unless its role leaves it out; what matters here of it. */
export const DEFAULT_POLICY: Policy = {
  'auth/token/lookup-self': ['read'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
  'sys/capabilities-self': ['update'],
  'cubbyhole/*': ['create', 'read', 'update', 'delete', 'list'],
};

export const allow = (capabilities: readonly Capability[], ...paths: readonly string[]): Policy =>
  Object.fromEntries(paths.map((path) => [path, capabilities]));

const hasSegments = (path: string): boolean => path === '+' || path.includes('/+') || path.startsWith('+/');

/** Of several policies about the same path all are united, and "deny" wins. Of several paths the one that says most counts. */
export function capabilitiesOn(path: string, policies: readonly Policy[]): ReadonlySet<Capability> {
  const rules = united(policies);
  const exact = rules.get(path);
  if (exact !== undefined && !isPattern(path)) return granted(exact);
  const matching = [...rules.keys()].filter((rule) => isPattern(rule) && matches(rule, path));
  const best = matching.toSorted(byWeight).at(-1);
  return best === undefined ? new Set() : granted(rules.get(best)!);
}

/** Whether anything is allowed somewhere in an engine; what that asks first. */
export function mayEnter(mount: string, policies: readonly Policy[]): boolean {
  const start = `${mount}/`;
  return [...united(policies)].some(([rule, capabilities]) => {
    if (granted(capabilities).size === 0) return false;
    const fixed = rule.split('*')[0]!.split('+')[0]!;
    return (
      rule === mount ||
      fixed.startsWith(start) ||
      (isPattern(rule) && start.startsWith(fixed) && (!hasSegments(rule) || begins(rule, start)))
    );
  });
}

function begins(rule: string, start: string): boolean {
  const wanted = start.split('/').slice(0, -1);
  return rule
    .split('/')
    .slice(0, wanted.length)
    .every((part, index) => {
      if (part === '+' || part === wanted[index]) return true;
      return part.endsWith('*') && wanted[index]!.startsWith(part.slice(0, -1));
    });
}

const isPattern = (rule: string): boolean => rule.endsWith('*') || hasSegments(rule);

function united(policies: readonly Policy[]): Map<string, Set<Capability>> {
  const rules = new Map<string, Set<Capability>>();
  for (const policy of policies)
    for (const [path, capabilities] of Object.entries(policy)) {
      const all = rules.get(path) ?? new Set();
      for (const capability of capabilities) all.add(capability);
      rules.set(path, all);
    }
  return rules;
}

const granted = (capabilities: ReadonlySet<Capability>): ReadonlySet<Capability> =>
  capabilities.has('deny') ? new Set() : capabilities;

function matches(rule: string, path: string): boolean {
  if (!hasSegments(rule)) return path.startsWith(rule.slice(0, -1));
  const isPrefix = rule.endsWith('*');
  const wanted = (isPrefix ? rule.slice(0, -1) : rule).split('/');
  const parts = path.split('/');
  if (parts.length < wanted.length || (!isPrefix && parts.length !== wanted.length)) return false;
  return wanted.every((part, index) => {
    if (part === '+' || part === parts[index]) return true;
    return isPrefix && index === wanted.length - 1 && parts[index]!.startsWith(part);
  });
}

/** The later the first wildcard, the more it says; then no `*`, fewer `+`, longer, by letters. */
function byWeight(a: string, b: string): number {
  const first = (rule: string): number => {
    const plus = hasSegments(rule) ? rule.indexOf('+') : -1;
    return plus >= 0 ? plus : rule.length - 1;
  };
  const count = (rule: string): number => rule.split('/').filter((part) => part === '+').length;
  const body = (rule: string): string => (rule.endsWith('*') ? rule.slice(0, -1) : rule);
  return (
    first(a) - first(b) ||
    Number(b.endsWith('*')) - Number(a.endsWith('*')) ||
    count(b) - count(a) ||
    body(a).length - body(b).length ||
    (body(a) < body(b) ? -1 : 1)
  );
}
