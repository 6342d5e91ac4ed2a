import { roleRefusals } from '../assembly/permissions.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { PolicyDocument, PolicyStatement, RoleResource } from '../resources/iam.ts';
import type { AssemblyRef } from '../types.ts';

/** One action that a role may do on one resource, whatever the conditions. */
interface Permission {
  readonly role: string;
  /** The function as `plugin/key`, or `schedule plugin/key`. */
  readonly of: string;
  readonly action: string;
  readonly resource: string;
}

/** What takes permissions away while the system runs, so that a test sees what their lack breaks. */
export interface PermissionControl {
  list(): readonly Permission[];
  /**
   * Takes one away. The functions of the role get new environments, so that nothing they remember hides it.
   * @returns what AWS would refuse to create with the roles as they are now; undefined for a permission that no role has
   */
  withdraw(permission: Pick<Permission, 'role' | 'action' | 'resource'>): readonly string[] | undefined;
  /** Gives back everything. */
  restore(): void;
}

interface PermissionControlOptions {
  readonly assembly: AssemblyRef;
  /** Gives functions new environments, by name. */
  readonly renew: (functionNames: readonly string[]) => void;
  /** Called with an assembly of other roles. */
  readonly changed: (assembly: Assembly) => void;
}

const valuesOf = (element: string | readonly string[] | undefined): readonly string[] =>
  element === undefined ? [] : [element].flat();

const statementsOf = ({ policies }: RoleResource): readonly PolicyStatement[] =>
  policies.flatMap(({ Statement }) => [Statement].flat());

export function createPermissionControl(options: PermissionControlOptions): PermissionControl {
  const { assembly, renew } = options;
  /** The roles before, and the assembly that lacks some of their permissions. */
  let narrowed: { readonly roles: Assembly['roles']; readonly assembly: Assembly } | undefined;

  function replace(roles: Assembly['roles']): Assembly {
    assembly.current = { ...assembly.current, roles };
    options.changed(assembly.current);
    return assembly.current;
  }

  return {
    list: () =>
      assembly.current.roles.flatMap((role) => permissionsOf(role, ownerOf(role, assembly.current))),
    withdraw({ role: name, action, resource }) {
      const { roles, functions } = assembly.current;
      const role = roles.find((candidate) => candidate.name === name);
      const isHeld = permissionsOf(role, '').some(
        (one) => one.action === action && one.resource === resource,
      );
      if (role === undefined || !isHeld) return undefined;
      const policies = role.policies.map((document) => without(document, action, resource));
      // After a reload the roles are whole again.
      const before = narrowed?.assembly === assembly.current ? narrowed.roles : roles;
      const current = replace(roles.map((one) => (one === role ? { ...role, policies } : one)));
      narrowed = { roles: before, assembly: current };
      renew(functions.filter(({ roleArn }) => roleArn === role.arn).map((fn) => fn.name));
      return roleRefusals(current);
    },
    restore() {
      if (narrowed?.assembly === assembly.current) replace(narrowed.roles);
      narrowed = undefined;
    },
  };
}

function ownerOf({ arn, name }: RoleResource, { functions, schedules }: Assembly): string {
  const fn = functions.find(({ roleArn }) => roleArn === arn);
  if (fn) return `${fn.plugin}/${fn.key}`;
  const schedule = schedules.find(({ roleArn }) => roleArn === arn);
  return schedule ? `schedule ${schedule.plugin}/${schedule.key}` : name;
}

function permissionsOf(role: RoleResource | undefined, of: string): readonly Permission[] {
  if (role === undefined) return [];
  const all = statementsOf(role)
    .filter(({ Effect: effect }) => effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      valuesOf(Action).flatMap((action) =>
        valuesOf(Resource).map((resource) => ({ role: role.name, of, action, resource })),
      ),
    );
  // The same under several conditions is one.
  return [...new Map(all.map((one) => [`${one.action} ${one.resource}`, one])).values()];
}

/** The policy without one action on one resource; other actions and resources of a statement stay as they are. */
function without(document: PolicyDocument, action: string, resource: string): PolicyDocument {
  const statements = [document.Statement].flat().flatMap((statement): readonly PolicyStatement[] => {
    const [actions, resources] = [valuesOf(statement.Action), valuesOf(statement.Resource)];
    if (statement.Effect !== 'Allow' || !actions.includes(action) || !resources.includes(resource))
      return [statement];
    const [otherActions, otherResources] = [
      actions.filter((one) => one !== action),
      resources.filter((one) => one !== resource),
    ];
    return [
      ...(otherActions.length > 0 ? [{ ...statement, Action: otherActions }] : []),
      ...(otherResources.length > 0 ? [{ ...statement, Action: [action], Resource: otherResources }] : []),
    ];
  });
  return { ...document, Statement: statements };
}
