import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS_PER_ALARM } from './alarms.ts';
import { awsNames } from './aws-names.ts';
import type { Candidate } from './candidate.ts';
import { checkConcurrency } from './concurrency.ts';
import { ALARMS_PER_DEPLOYMENT, movesInSteps } from './deploy.ts';
import { shown } from './errors.ts';
import { checkDetailTypes } from './event-versions.ts';
import { checkIam } from './iam-checks.ts';
import { covers, parsePermission, permissionForms } from './permissions.ts';
import { listed, suggestion } from './suggest.ts';
import type { ManifestView } from './view.ts';

/** The checks that need one manifest and its folder only. */
export function checkManifest(candidate: Candidate, rootDir: string, stage: string): void {
  checkReferences(candidate);
  checkPermissions(candidate);
  checkIam(candidate);
  checkPublishers(candidate);
  checkPublishing(candidate);
  checkDetailTypes(candidate);
  checkConcurrency(candidate);
  checkInternal(candidate);
  checkSandbox(candidate);
  checkFiles(candidate, rootDir);
  checkPackaged(candidate);
  checkLengths(candidate, stage);
  checkDeploymentAlarms(candidate);
}

/** One error for each function that is missing, however often it is named. */
function checkReferences({ view, report }: Candidate): void {
  const known = view.declared.functions;
  const uses = [...view.operations, ...view.webhooks, ...view.subscribes, ...view.schedules];
  const missing = Map.groupBy(
    uses.filter(({ value }) => !known.includes(value.function)),
    ({ value }) => value.function,
  );
  for (const [name, users] of missing) {
    const given = `${shown(name)}, which ${listed(users.map(({ key }) => key))} ${users.length > 1 ? 'name' : 'names'}`;
    const fix = suggestion(name, known, `Declare "${name}" under functions.`);
    const path = [...(users[0]?.path ?? []), 'function'];
    report('PLG101', { path, given, allowed: listed(known), fix });
  }
  const functions = [...known, ...(view.declared.relay ? ['relay'] : [])];
  for (const key of undeclared(view).filter((name) => !missing.has(name))) {
    const otherwise =
      key === 'relay' ? 'Give a table a stream with a relay.' : `Declare "${key}" under functions.`;
    const fix = suggestion(key, functions, otherwise);
    report('PLG102', { path: ['permissions', key], given: shown(key), allowed: listed(functions), fix });
  }
}

/** Holders of permissions that are neither a function nor the relay. */
function undeclared({ declared }: ManifestView): string[] {
  return declared.permissions.filter(
    (name) => !declared.functions.includes(name) && !(name === 'relay' && declared.relay),
  );
}

function checkPermissions({ view, report }: Candidate): void {
  const { tables } = view.declared;
  const types = view.publishes.map(({ value }) => value.type);
  const unknownTables = new Set<string>();
  for (const { key, path, value } of view.permissions) {
    const permission = parsePermission(value);
    if (permission === undefined) continue;
    if (key === 'relay' && permission.kind !== 'publish') {
      report('PLG106', { path, allowed: 'events:publish:<type or type.*>', fix: 'Remove it.' });
    } else if (permission.kind === 'table' && !tables.includes(permission.table)) {
      const fix = suggestion(permission.table, tables, `Declare the table "${permission.table}".`);
      if (unknownTables.has(permission.table)) continue;
      unknownTables.add(permission.table);
      report('PLG103', { path, allowed: `tables: ${listed(tables)}`, fix });
    } else if (
      key === 'relay' &&
      permission.kind === 'publish' &&
      !types.some((type) => covers(permission.pattern, type))
    ) {
      const fix = 'Publish such an event under events.publishes, or remove the permission.';
      if (!view.complete.publishes) continue;
      report('PLG103', { path, allowed: `published events: ${listed(types)}`, fix });
    }
  }
}

/** Every permission to publish, with who holds it. */
function publishGrants({ permissions }: ManifestView) {
  return permissions.flatMap(({ key, path, value }) => {
    const permission = parsePermission(value);
    return permission?.kind === 'publish' ? [{ key, path, pattern: permission.pattern }] : [];
  });
}

/** Only the relay publishes: an event that a function sends itself, without the outbox, could be lost. */
function checkPublishers({ view, report }: Candidate): void {
  const { functions, relay } = view.declared;
  const grants = publishGrants(view);
  const held = (pattern: string) =>
    grants.some(({ key, pattern: other }) => key === 'relay' && covers(other, pattern));
  for (const { path, pattern } of grants.filter(({ key }) => key !== 'relay' && functions.includes(key))) {
    const instead = held(pattern)
      ? 'Remove it, and put the event into the outbox'
      : 'Move it to permissions.relay, and put the event into the outbox';
    const fix = `${relay ? instead : 'Give a table a stream with a relay, and move it to permissions.relay'}: only relay publishes.`;
    const allowed = permissionForms.replace('events:publish:<type or type.*>, ', '');
    report('PLG110', { path, allowed, fix });
  }
}

/** What a plugin publishes must be covered by a permission, and a relay must have something to publish. */
function checkPublishing({ view, report }: Candidate): void {
  if (!view.complete.permissions || undeclared(view).length > 0) return;
  const grants = publishGrants(view);
  // A function with a permission to publish is reported by itself, and the fix moves it to the relay.
  if (grants.some(({ key }) => key !== 'relay')) return;
  const types = view.publishes.map(({ value }) => value.type);
  // A pattern that covers no event is reported by itself, and is probably misspelt.
  if (grants.some(({ pattern }) => !types.some((type) => covers(pattern, type)))) return;
  const uncovered = types.filter((type) => !grants.some(({ pattern }) => covers(pattern, type)));
  const relay = view.tables.find(({ value }) => value.stream);
  const publishesNothing = relay !== undefined && grants.length === 0;
  if (uncovered.length === 0 && !publishesNothing) return;
  const grant = `dd "events:publish:${uncovered[0] ?? '<type>'}" to permissions.relay.`;
  report('PLG105', {
    path: uncovered.length > 0 || !relay ? ['events', 'publishes'] : [...relay.path, 'stream', 'relay'],
    given: uncovered.length > 0 ? listed(uncovered) : 'a relay that may publish nothing',
    allowed: 'events that a permission events:publish:<type or type.*> covers',
    fix: relay ? `A${grant}` : `Give a table a stream with a relay, and a${grant}`,
  });
}

function checkInternal({ view, report }: Candidate): void {
  for (const { path, value } of view.operations) {
    const bound = (['http', 'graphql'] as const).filter((way) => value.expose === 'internal' && value[way]);
    for (const way of bound) {
      const fix = `Remove "${way}", or expose the operation as public.`;
      report('PLG107', { path: [...path, way], allowed: 'no http and no graphql when internal', fix });
    }
  }
}

function checkSandbox({ view, report }: Candidate): void {
  const known = view.declared.webhooks;
  for (const { path, value } of view.sandbox) {
    for (const [index, name] of value.webhooks.entries()) {
      if (known.includes(name)) continue;
      const fix = suggestion(name, known, `Declare "${name}" under webhooks.`);
      report('PLG108', { path: [...path, 'webhooks', index], allowed: listed(known), fix });
    }
  }
}

function checkFiles({ root, view, report }: Candidate, rootDir: string): void {
  for (const { path, value } of [...view.functions, ...view.sandbox]) {
    if (existsSync(join(rootDir, root, value.entry))) continue;
    const fix = `Create ${root}/${value.entry}, or correct the name.`;
    report('PLG104', { path: [...path, 'entry'], allowed: `a file below ${root}/`, fix });
  }
}

/** A sandbox is started as it is, and Node.js strips no types below node_modules. */
function checkPackaged({ packaged, label, view, report }: Candidate): void {
  if (!packaged) return;
  for (const { path, value } of view.sandbox.filter(({ value: { entry } }) => entry.endsWith('.ts'))) {
    const fix = `The package "${label}" has to ship it compiled.`;
    report('PLG007', {
      path: [...path, 'entry'],
      given: shown(value.entry),
      allowed: 'a .js or .mjs file in a package',
      fix,
    });
  }
}

function checkLengths({ view, report }: Candidate, stage: string): void {
  if (view.name === undefined) return;
  const tooLong = awsNames(view, stage).filter(({ name, maxLength }) => name.length > maxLength);
  const reported = new Set<unknown>();
  for (const { kind, name, maxLength, path } of tooLong) {
    const allowed = `a ${kind} name of at most ${maxLength} characters`;
    const fix = `Shorten the name by ${name.length - maxLength} characters.`;
    if (!reported.has(path))
      report('PLG109', { path, given: `${shown(name)} (${name.length})`, allowed, fix });
    reported.add(path);
  }
}

/** CodeDeploy watches so many alarms: those that the manifest declares, one on operations, and those on invocations. */
function checkDeploymentAlarms({ view, report }: Candidate): void {
  const { strategy, alarms, declared } = view;
  if (strategy === undefined || !movesInSteps({ strategy })) return;
  const functions = declared.functions.length + (declared.relay ? 1 : 0);
  const most = ALARMS_PER_DEPLOYMENT - 1 - Math.ceil(functions / METRICS_PER_ALARM);
  if (alarms.length <= most) return;
  report('PLG120', {
    path: ['observability', 'alarms'],
    given: `${alarms.length} alarms`,
    allowed: `${most} at most, since CodeDeploy watches ${ALARMS_PER_DEPLOYMENT} with those that every plugin has`,
    fix: 'Remove alarms, or let traffic move all at once: "strategy": "allAtOnce".',
  });
}
