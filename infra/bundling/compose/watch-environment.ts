/** Stands for the names of all variables, where they were listed. */
export const VARIABLE_NAMES = '*';

/** Notes the name of each environment variable that is read from now on. @returns them, as they are read */
export function watchEnvironment(): ReadonlySet<string> {
  const names = new Set<string>();
  const note = (name: string | symbol) => void (typeof name === 'string' && names.add(name));
  process.env = new Proxy(process.env, {
    get(variables, name) {
      note(name);
      return Reflect.get(variables, name) as unknown;
    },
    has(variables, name) {
      note(name);
      return Reflect.has(variables, name);
    },
    ownKeys(variables) {
      note(VARIABLE_NAMES);
      return Reflect.ownKeys(variables);
    },
  });
  return names;
}
