import { useMemo, useState } from 'preact/hooks';
import { call, path } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { Action } from '../../parts/action.tsx';
import { DifferenceList } from './difference-list.tsx';
import { differencesOf, edited, mergePatchOf, type Draft } from './draft.ts';
import { type ConfigForm, ConfigFormContext } from './form-context.ts';
import { SchemaField } from './schema-field.tsx';
import type { ConfigView, JsonSchema } from './types.ts';

interface ConfigurationFormProps {
  readonly view: ConfigView;
  readonly schema: JsonSchema;
  readonly onSaved: () => void;
}

interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** The configuration as a form. Nothing is saved before the changes were looked at in one list. */
export function ConfigurationForm({ view, schema, onSaved }: ConfigurationFormProps) {
  const { name, values, overridden, version } = view;
  const [draft, setDraft] = useState<Draft>({});
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const form = useMemo<ConfigForm>(
    () => ({
      values,
      draft,
      overridden: overridden ?? [],
      problems,
      edit: (place, value) => setDraft((before) => edited(values, before, place, value)),
    }),
    [values, draft, overridden, problems],
  );
  const changes = differencesOf(values, draft, schema);
  const save = async (): Promise<string> => {
    try {
      await call(path`/plugins/${name}/config`, {
        method: 'PATCH',
        headers: { 'if-match': `"${version}"` },
        body: mergePatchOf(draft),
      });
    } catch (error) {
      if (error instanceof ApiProblem) setProblems(problemsIn(error));
      throw error;
    }
    onSaved();
    return 'The new configuration is in force.';
  };
  return (
    <ConfigFormContext.Provider value={form}>
      <form class="stack" onSubmit={(event) => event.preventDefault()}>
        <SchemaField schema={schema} path={[]} />
        <div class="save-bar">
          <span class="muted">{countText(changes.length)}</span>
          <button type="button" disabled={changes.length === 0} onClick={() => setDraft({})}>
            Discard
          </button>
          <Action
            label={changes.length === 0 ? 'Review' : 'Review and save'}
            tone="primary"
            disabled={changes.length === 0}
            run={save}
            confirm={{
              title: 'Save these changes?',
              children: (
                <>
                  <DifferenceList changes={changes} />
                  <p class="muted">
                    The plugin is started on them first; if it does not start, nothing changes.
                  </p>
                </>
              ),
            }}
          />
        </div>
      </form>
    </ConfigFormContext.Provider>
  );
}

const countText = (count: number): string =>
  count === 0 ? 'No changes' : count === 1 ? 'One change, not saved' : `${count} changes, not saved`;

/** What the API said about single places, by their names. */
function problemsIn({ body: { errors } }: ApiProblem): Readonly<Record<string, string>> {
  if (!Array.isArray(errors)) return {};
  return Object.fromEntries((errors as FieldProblem[]).map(({ path: place, message }) => [place, message]));
}
