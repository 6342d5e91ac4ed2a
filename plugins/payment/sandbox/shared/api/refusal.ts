/**
 * A refusal by a provider's API. `executed` says that the request had begun to act, so that what it wrote stays;
 * `explanation` tells a tester what is wrong.
 */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly executed: boolean;
  readonly explanation: string;

  constructor(message: string, status: number, executed: boolean, explanation = message) {
    super(message);
    this.status = status;
    this.executed = executed;
    this.explanation = explanation;
  }
}

/** The outcome of a request; a refusal after execution began is one like any other. */
export function answerOrRefusal<T>(work: () => T, refused: (refusal: ApiRefusal) => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ApiRefusal) || !error.executed) throw error;
    return refused(error);
  }
}
