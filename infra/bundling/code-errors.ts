import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import * as semver from 'semver';
import type { BindingKind } from '#runtime/binding.ts';
import { type JsonPath, parseDocument } from '#infra/manifest/document.ts';
import { manifestError, shown } from '#infra/manifest/errors.ts';
import { listed } from '#infra/manifest/suggest.ts';
import type { LoadedPlugin, ManifestError } from '#infra/manifest/types.ts';
import type { DescribedPlugin } from './compose/describe-plugins.ts';
import type { Report } from './code-finding.ts';
import { checkConfig, stageConfigErrors } from './config-errors.ts';
import type { CodeFailure, FunctionFacts, UnitFacts } from './compose/types.ts';

const KINDS = {
  operations: { noun: 'operation', maker: 'apiHandler(plugin, { <name>, … })' },
  webhooks: { noun: 'webhook', maker: 'webhookHandler(plugin, "<name>", …)' },
  subscribes: { noun: 'subscription', maker: 'subscriptionHandler(plugin, "<name>", …)' },
  schedules: { noun: 'schedule', maker: 'scheduleHandler(plugin, { <name>, … })' },
} as const satisfies Record<BindingKind, object>;

/** What the manifest declares of one kind, with the place of each. */
function declaredIn({ manifest }: LoadedPlugin, kind: BindingKind) {
  const part = kind === 'subscribes' ? manifest.events.subscribes : manifest[kind];
  const at: JsonPath = kind === 'subscribes' ? ['events', 'subscribes'] : [kind];
  return Object.entries(part).map(([name, { function: key }]) => ({ name, key, path: [...at, name] }));
}

/** Everything in which the code of a plugin differs from its manifest, each with the line of the manifest. */
export function codeErrors(
  rootDir: string,
  plugin: LoadedPlugin,
  { description, facts }: DescribedPlugin,
): readonly ManifestError[] {
  const { manifest, file } = plugin;
  const document = parseDocument(readFileSync(join(rootDir, file), 'utf8').replace(/^\uFEFF/, ''));
  const errors: ManifestError[] = [];
  const report: Report = (code, finding) => {
    const line = document.lineOf(finding.path);
    errors.push(manifestError(code, { ...finding, plugin: manifest.name, file, line }));
  };
  for (const fault of facts.faults) {
    const place = { plugin: manifest.name, file: facts.file, line: 1, path: [] };
    const allowed = 'what definePlugin takes';
    errors.push(manifestError('PLG306', { ...place, given: fault, allowed, fix: `Correct ${facts.file}.` }));
  }
  checkFunctions(plugin, { description, facts }, report);
  checkInputs(plugin, { description, facts }, report);
  checkConfig(plugin, facts.config, report);
  errors.push(...stageConfigErrors(rootDir, plugin, facts.config));
  // Colliding names are reported for the manifest, and would repeat as a failure of every function.
  const { namesCollide } = facts.config;
  const failures = facts.failures.filter(({ message }) => message !== namesCollide);
  return [...errors, ...failures.map((failure) => failureError(plugin, failure))];
}

interface Unit {
  readonly name: string;
  readonly path: JsonPath;
  readonly unit: UnitFacts;
  readonly noun: string;
}

function checkUnit({ name, path, unit, noun }: Unit, report: Report): void {
  for (const fault of unit.faults) {
    const allowed = `what the contract of the runtime asks of a ${noun}`;
    report('PLG306', { path, given: `${shown(name)}, whose ${fault}`, allowed, fix: `Correct the ${noun}.` });
  }
}

/** The handler of a function serves exactly what the manifest gives the function. */
function checkFunctions(plugin: LoadedPlugin, { facts }: DescribedPlugin, report: Report): void {
  const { functions } = plugin.manifest;
  const known = (Object.keys(KINDS) as BindingKind[]).flatMap((kind) =>
    declaredIn(plugin, kind).map((one) => ({ ...one, kind })),
  );
  for (const [key, found] of Object.entries(facts.functions)) {
    const entry = posix.join(plugin.root, functions[key]?.entry ?? '');
    if (found.handler !== 'function') {
      const given =
        found.handler === 'undefined'
          ? `no export \`handler\` in ${entry}`
          : `a \`handler\` that is of type ${found.handler}`;
      const fix = `Write \`export const handler = …\` in ${entry}.`;
      report('PLG304', { path: ['functions', key, 'entry'], given, allowed: 'a function', fix });
      continue;
    }
    const served = { plugin, key, entry, binding: found.binding };
    checkDeclared(
      served,
      known.filter((one) => one.key === key),
      report,
    );
    // Functions may share an entry, and then its handler serves all of them.
    const sharing = known.filter((one) => functions[one.key]?.entry === functions[key]?.entry);
    checkUndeclared(served, sharing, report);
  }
}

interface Served {
  readonly plugin: LoadedPlugin;
  readonly key: string;
  /** File of the entry, for messages. */
  readonly entry: string;
  readonly binding: FunctionFacts['binding'];
}

interface Declared {
  readonly kind: BindingKind;
  readonly name: string;
  readonly path: JsonPath;
}

/** What the manifest gives a function and its handler does not serve, or serves with something else. */
function checkDeclared(
  { plugin, key, entry, binding }: Served,
  declared: readonly Declared[],
  report: Report,
): void {
  for (const { name, path, kind } of declared) {
    const { noun, maker } = KINDS[kind];
    const unit = binding?.kind === kind ? binding.units[name] : undefined;
    if (unit) checkUnit({ name, path, unit, noun }, report);
    if (unit?.event) checkEvent(plugin, { name, path, event: unit.event }, report);
    // Only the adapters of the runtime say what they serve; the API needs the operations themselves.
    if (unit || (!binding && kind !== 'operations')) continue;
    const serves = binding
      ? `serves the ${KINDS[binding.kind].noun}s: ${listed(Object.keys(binding.units))}`
      : 'no adapter of the runtime made';
    const given = `the function ${shown(key)}, whose handler ${serves}`;
    const fix = `Export ${maker.replace('<name>', name)} from ${entry}, or name the function that does.`;
    report('PLG302', { path, given, allowed: `a function that serves the ${noun} ${shown(name)}`, fix });
  }
}

/** What a handler serves and the manifest does not give its function. */
function checkUndeclared(
  { plugin, key, entry, binding }: Served,
  declared: readonly Declared[],
  report: Report,
): void {
  if (!binding) return;
  const { kind, units } = binding;
  for (const name of Object.keys(units)) {
    if (declared.some((one) => one.kind === kind && one.name === name)) continue;
    const { noun } = KINDS[kind];
    const given = `the ${noun} ${shown(name)} in ${entry}`;
    const allowed = listed(declaredIn(plugin, kind).map((one) => one.name));
    const fix = `Declare the ${noun} "${name}" with this function, or take it out of ${entry}.`;
    report('PLG303', { path: ['functions', key], given, allowed, fix });
  }
}

interface Subscribed {
  readonly name: string;
  readonly path: JsonPath;
  readonly event: { readonly type: string; readonly version: string };
}

/** What a subscription reads is what its queue gets. */
function checkEvent({ manifest }: LoadedPlugin, { name, path, event }: Subscribed, report: Report): void {
  const wanted = manifest.events.subscribes[name];
  if (!wanted || (wanted.type === event.type && semver.satisfies(event.version, wanted.version))) return;
  report('PLG306', {
    path: [...path, wanted.type === event.type ? 'version' : 'type'],
    given: `${wanted.type} ${wanted.version}, while the code reads ${event.type} ${event.version}`,
    allowed: 'the event that the code reads',
    fix: 'Make the two the same.',
  });
}

/** A parameter of the route that the input does not take would make every call a 400. */
function checkInputs({ manifest }: LoadedPlugin, { description }: DescribedPlugin, report: Report): void {
  for (const [name, { http }] of Object.entries(manifest.operations)) {
    const input = description.operations[name]?.input;
    if (!http || !input?.properties || input.additionalProperties !== false) continue;
    for (const [, parameter = ''] of http.path.matchAll(/\{(\w+)\}/g)) {
      if (parameter in input.properties) continue;
      report('PLG306', {
        path: ['operations', name, 'http', 'path'],
        given: `{${parameter}}, which the input of the operation does not take`,
        allowed: `parameters: ${listed(Object.keys(input.properties))}`,
        fix: `Add "${parameter}" to the input, or correct the path.`,
      });
    }
  }
}

/** The error of code that cannot be built or imported, at the place where it fails. */
export function failureError({ manifest, file, root }: LoadedPlugin, failure: CodeFailure): ManifestError {
  const at = failure.file ?? posix.join(root, 'plugin.ts');
  const column = failure.column === undefined ? '' : `:${failure.column}`;
  const place = failure.line === undefined ? '' : `\nat ${at}:${failure.line}${column}`;
  return manifestError('PLG301', {
    plugin: manifest.name,
    file: failure.file ?? file,
    line: failure.line ?? 1,
    path: [],
    given: `${failure.message}${place}`,
    allowed: 'code that can be bundled, and modules that can be imported',
    fix: 'Correct the code; the plugin is taken up then.',
  });
}
