import type { Control, ControlInput } from './control.ts';
import { ControlError } from './control.ts';

/** Obeys a control, or throws a {@link ControlError}. */
export function runControl(
  controls: readonly Control[],
  method: string,
  path: string,
  input: Omit<ControlInput, 'id'>,
): object {
  for (const control of controls) {
    const match = control.method === method ? control.path.exec(path) : null;
    if (match) return control.run({ ...input, id: match[1] ?? '' });
  }
  const offered = controls.map((control) => {
    const shape = control.path.source.replace(/\(.*?\)/, '{id}');
    return `${control.method} ${shape.replaceAll(/[\^$\\]/g, '')}`;
  });
  throw new ControlError(`no such control; there are ${offered.join(', ')}`, 404);
}
