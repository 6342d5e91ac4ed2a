import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { Action } from '../../parts/action.tsx';
import { isServing, loadedDependents, missingFor } from './relations.ts';
import type { Plugin } from './types.ts';

interface PluginSwitchProps {
  readonly plugin: Plugin;
  /** Those around it, which it may need or which may need it. */
  readonly all: readonly Plugin[];
  readonly onDone: () => void;
}

interface Moved {
  readonly cascaded: readonly string[];
}

/** Loads or unloads a plugin, where people want it with those that it needs or that need it. */
export function PluginSwitch({ plugin, all, onDone }: PluginSwitchProps) {
  const { name, version } = plugin;
  const [cascade, setCascade] = useState(false);
  // The question stays while the plugin is in between.
  const [moving, setMoving] = useState<'load' | 'unload'>();
  const move = async (to: 'load' | 'unload'): Promise<string> => {
    setMoving(to);
    try {
      const { body } = await call<Moved>(`/plugins/${to}`, { method: 'POST', body: { name, cascade } });
      return `${[name, ...body.cascaded].join(', ')}: ${to}ed.`;
    } finally {
      setMoving(undefined);
      setCascade(false);
      onDone();
    }
  };
  // What is left out of the deployment because of its errors cannot be loaded.
  if (version === undefined) return null;
  const to = moving ?? (isServing(plugin) ? 'unload' : 'load');
  const others = to === 'unload' ? loadedDependents(plugin, all) : missingFor(plugin, all);
  const withOthers = others.length > 0 && (
    <label class="check">
      <input type="checkbox" checked={cascade} onInput={(event) => setCascade(event.currentTarget.checked)} />
      <span>
        Also {to} {others.join(', ')}, which {relationText(to, others.length)}
      </span>
    </label>
  );
  if (to === 'load') {
    const question = { title: `Load ${name}?`, children: withOthers };
    return <Action label="Load" run={() => move('load')} {...(withOthers && { confirm: question })} />;
  }
  return (
    <Action
      label="Unload"
      run={() => move('unload')}
      tone="danger"
      confirm={{
        title: `Unload ${name}?`,
        children: (
          <>
            <p>Its calls answer 503 until it is loaded again; its queued events wait.</p>
            {withOthers}
          </>
        ),
      }}
    />
  );
}

function relationText(to: 'load' | 'unload', count: number): string {
  if (to === 'load') return 'it depends on';
  return count === 1 ? 'depends on it' : 'depend on it';
}
