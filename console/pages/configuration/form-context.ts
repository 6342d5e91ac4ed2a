import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { draftedValue, nameOf, type Draft, type Path } from './draft.ts';
import type { ConfigValues } from './types.ts';

/** What every field of a configuration's form works with. */
export interface ConfigForm {
  readonly values: ConfigValues;
  readonly draft: Draft;
  /** Names of the values that environment variables replace. */
  readonly overridden: readonly string[];
  /** What the API said about places, by their names. */
  readonly problems: Readonly<Record<string, string>>;
  readonly edit: (path: Path, value: unknown) => void;
}

export const ConfigFormContext = createContext<ConfigForm | undefined>(undefined);

/** The form, and what it knows of one place. */
export function useConfigField(path: Path) {
  const form = useContext(ConfigFormContext);
  if (form === undefined) throw new Error('There is no form above this field');
  const { values, draft, overridden, problems, edit } = form;
  const name = nameOf(path);
  return {
    name,
    value: draftedValue(values, draft, path),
    isEdited: draft[name] !== undefined,
    isOverridden: overridden.includes(name),
    problem: problems[name],
    /** Null takes the value out. */
    edit: (value: unknown) => edit(path, value),
  };
}
