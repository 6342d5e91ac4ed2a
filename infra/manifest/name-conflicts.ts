import { awsNames } from './aws-names.ts';
import type { Candidate } from './candidate.ts';
import type { ErrorCode } from './codes.ts';
import type { JsonPath } from './document.ts';
import { shown } from './errors.ts';

/** A name that only one plugin, in one place, can have. */
interface Claim {
  readonly candidate: Candidate;
  readonly code: ErrorCode;
  /** Equal keys collide. */
  readonly key: string;
  readonly path: JsonPath;
  readonly what: string;
}

/** First segments of the platform's own routes; API Gateway answers /ping and /sping itself. */
const platformSegments: readonly string[] = [
  'plugins',
  'graphql',
  'openapi.json',
  'webhooks',
  'console',
  'dev',
  'ping',
  'sping',
];

/**
 * Reports every name that two manifests, or two places of one, both use; the later one gets the error.
 * @param candidates by seniority
 */
export function checkNameConflicts(candidates: readonly Candidate[], stage: string): void {
  const owners = new Map<string, Claim>();
  for (const claim of candidates.flatMap((candidate) => claimsOf(candidate, stage))) {
    const id = `${claim.code} ${claim.key}`;
    const owner = owners.get(id);
    if (!owner) owners.set(id, claim);
    else if (owner.path !== claim.path && !isOtherVersion(claim, owner)) reportConflict(claim, owner);
  }
  checkPlatformRoutes(candidates);
  checkPrefixes(candidates);
}

/** A plugin may publish several versions of its own event. */
const isOtherVersion = (claim: Claim, owner: Claim): boolean =>
  claim.code === 'PLG216' && owner.candidate === claim.candidate;

/** `operations.pay.http in plugins/payment/plugin.json:12` */
const placeOf = ({ file, document }: Candidate, path: JsonPath): string =>
  `${path.join('.')} in ${file}:${document.lineOf(path)}`;

function reportConflict({ candidate, code, path, what }: Claim, owner: Claim): void {
  const allowed = `anything but what ${placeOf(owner.candidate, owner.path)} has`;
  candidate.report(code, { path, given: what, allowed, fix: 'Change it here; the other place keeps it.' });
}

function claimsOf(candidate: Candidate, stage: string): Claim[] {
  const { view } = candidate;
  const claim = (code: ErrorCode, key: string, path: JsonPath, what = key): Claim => ({
    candidate,
    code,
    key,
    path,
    what,
  });
  return [
    ...view.operations.flatMap(({ path, value: { http } }) => {
      const route = http && `${http.method} ${http.path}`;
      return route ? [claim('PLG202', route.replaceAll(/\{\w+\}/g, '{}'), [...path, 'http'], route)] : [];
    }),
    ...view.operations.flatMap(({ path, value: { graphql } }) =>
      graphql ? [claim('PLG203', `${graphql.kind} ${graphql.field}`, [...path, 'graphql'])] : [],
    ),
    ...view.publishes.map(({ path, value: { type } }) => claim('PLG216', type, [...path, 'type'])),
    ...view.webhooks.map(({ path, value }) => claim('PLG204', value.path, [...path, 'path'])),
    ...(view.name === undefined ? [] : awsNames(view, stage)).map(({ kind, name, path }) =>
      claim('PLG205', `${kind} ${name}`, path),
    ),
  ];
}

function checkPlatformRoutes(candidates: readonly Candidate[]): void {
  for (const { view, report } of candidates) {
    for (const { path, value } of view.operations) {
      const segment = value.http?.path.split('/')[1];
      const taken = segment !== undefined && (platformSegments.includes(segment) || segment.startsWith('{'));
      if (!taken) continue;
      const allowed = `a first segment that is plain and none of ${platformSegments.join(', ')}`;
      report('PLG202', { path: [...path, 'http', 'path'], allowed, fix: 'Choose another first segment.' });
    }
  }
}

/** `A_B` and `A_B_C` collide as well: a variable `A_B_C_D` could belong to either. */
function checkPrefixes(candidates: readonly Candidate[]): void {
  const path = ['config', 'envPrefix'];
  const owners: { prefix: string; place: string }[] = [];
  for (const candidate of candidates) {
    const { view, report } = candidate;
    if (!view.config) continue;
    const prefix = view.config.envPrefix;
    const owner = owners.find(
      (other) => `${other.prefix}_`.startsWith(`${prefix}_`) || `${prefix}_`.startsWith(`${other.prefix}_`),
    );
    if (owner) {
      const allowed = `a prefix unlike ${owner.prefix}, which is ${owner.place}`;
      report('PLG206', { path, given: shown(prefix), allowed, fix: 'Choose another envPrefix.' });
    }
    owners.push({ prefix, place: placeOf(candidate, path) });
  }
}
