import { isObject } from '../json.ts';
import { TemplateProblem } from './error.ts';
import { type Lookup, resolve } from './intrinsics.ts';

/** Evaluates one entry of a template's `Conditions`. @throws {TemplateProblem} for an unknown function */
export function evaluateCondition(value: unknown, lookup: Lookup, path: string): boolean {
  const entries = isObject(value) ? Object.entries(value) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) throw new TemplateProblem(path, 'is not a condition');
  const [name, argument] = entry;
  if (name === 'Condition' && typeof argument === 'string') return lookup.condition(argument, path);
  if (!Array.isArray(argument)) throw new TemplateProblem(path, `${name} needs a list`);
  const operands: readonly unknown[] = argument;
  const holds = (operand: unknown, index: number): boolean =>
    evaluateCondition(operand, lookup, `${path}.${name}[${index}]`);
  switch (name) {
    case 'Fn::Equals': {
      const [left, right] = operands.map((operand, index) =>
        resolve(operand, lookup, `${path}.${name}[${index}]`),
      );
      return String(left) === String(right);
    }
    case 'Fn::And':
      return operands.every(holds);
    case 'Fn::Or':
      return operands.some(holds);
    case 'Fn::Not':
      return !operands.every(holds);
    default:
      throw new TemplateProblem(path, `unknown condition function ${name}`);
  }
}
