/** The assembly cannot be run locally; `problems` names every place. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the synthesized assembly cannot be run locally:\n${problems.map((one) => `  ${one}`).join('\n')}`);
    this.problems = problems;
  }
}

/** One problem at one place of one template: `stack/LogicalId.Properties.X: what is wrong`. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem';

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
  }
}

/** Runs `action`; a template problem is added to `problems` instead of thrown. */
export function collectProblem<T>(problems: string[], action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
