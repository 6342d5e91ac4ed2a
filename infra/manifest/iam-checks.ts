import type { Candidate } from './candidate.ts';
import { shown } from './errors.ts';
import type { HostSettings } from './host-settings.ts';
import { inOneLine } from './iam.ts';
import { reachedOnPlatform } from './platform-resources.ts';
import { listed, suggestion } from './suggest.ts';

/** What can be said of a plugin's IAM statements by its manifest alone. */
export function checkIam({ view, report }: Candidate): void {
  const { functions } = view.declared;
  for (const key of view.declared.iam.filter((name) => !functions.includes(name))) {
    const fix = suggestion(key, functions, `Declare "${key}" under functions.`);
    report('PLG102', { path: ['iam', key], given: shown(key), allowed: listed(functions), fix });
  }
  const texts = new Map<string, string>();
  for (const { path, value } of view.iam) {
    const text = inOneLine(value);
    const first = texts.get(value.sid) ?? text;
    texts.set(value.sid, first);
    if (first !== text) {
      const fix = 'Give this one another name: the project allows statements by name.';
      report('PLG113', { path: [...path, 'sid'], allowed: `${value.sid}: ${first}`, fix });
    }
    for (const [index, resource] of value.resources.entries()) {
      const reached = value.actions
        .map((action) => [action, reachedOnPlatform(action, resource)] as const)
        .find(([, arn]) => arn !== undefined);
      if (!reached) continue;
      const [action, arn = ''] = reached;
      report('PLG112', {
        path: [...path, 'resources', index],
        given: `${action} on ${resource}`,
        allowed: `resources that ${arn} does not cover`,
        fix: 'Name the resources that are meant, and use permissions for what the plugin owns and calls.',
      });
    }
  }
}

/** A statement is in force when the project that hosts the plugin names it. */
export function checkIamAllowed({ name, view, report }: Candidate, { allowIam }: HostSettings): void {
  const allowed = allowIam[name] ?? [];
  const declared = [...new Set(view.iam.map(({ value }) => value.sid))];
  const reported = new Set<string>();
  for (const { path, value } of view.iam) {
    const { sid } = value;
    if (allowed.includes(sid) || reported.has(sid)) continue;
    reported.add(sid);
    const line = JSON.stringify(declared.filter((one) => one === sid || allowed.includes(one)));
    report('PLG111', {
      path: [...path, 'sid'],
      given: `${shown(sid)}: ${inOneLine(value)}`,
      allowed: `statements of "${name}" that package.json allows: ${listed(allowed)}`,
      fix: `Read what it allows, then write "allowIam": { "${name}": ${line} } under anineeplus in package.json.`,
    });
  }
}
