import { platformProblem } from '../contract/errors.ts';
import type { Log } from '../contract/log.ts';

/** Stops calling functions that do not answer, each by itself, so that callers fail at once instead of waiting. */
export interface CircuitBreaker {
  /**
   * Makes a call, and takes what it throws or answers for a failure where `isFailure` says so.
   * @throws ProblemError 503 `plugin-unavailable` with `Retry-After` while the circuit is open
   */
  run<T>(callee: string, call: () => Promise<T>, log: Log): Promise<T>;
}

interface CircuitOptions {
  readonly isFailure: (outcome: Outcome) => boolean;
  /** Consecutive failures that open a circuit. */
  readonly failuresMax?: number;
  /** How long it stays open before one call may try again. */
  readonly openMs?: number;
  readonly now?: () => number;
}

export type Outcome = { readonly answer: unknown } | { readonly error: unknown };

interface Circuit {
  failures: number;
  /** Undefined while it is closed. */
  openUntil: number | undefined;
  /** One call is trying whether the function answers again. */
  isProbing: boolean;
}

/** The circuits of one execution environment, which knows nothing of other environments. */
export function createCircuitBreaker({
  isFailure,
  failuresMax = 5,
  openMs = 10_000,
  now = () => Date.now(),
}: CircuitOptions): CircuitBreaker {
  const circuits = new Map<string, Circuit>();

  /** @throws ProblemError while the circuit is open, but for the one call that probes */
  function admit(callee: string, circuit: Circuit, log: Log): void {
    if (circuit.openUntil === undefined) return;
    const leftMs = circuit.openUntil - now();
    if (leftMs <= 0 && !circuit.isProbing) {
      circuit.isProbing = true;
      return;
    }
    log.count('plugin.calls.rejected');
    throw platformProblem('plugin-unavailable', {
      detail: `${callee} has not answered ${failuresMax} calls in a row and is not called for a while.`,
      headers: { 'Retry-After': String(Math.max(1, Math.ceil(leftMs / 1000))) },
    });
  }

  function settle(callee: string, circuit: Circuit, outcome: Outcome, log: Log): void {
    circuit.isProbing = false;
    if (!isFailure(outcome)) {
      if (circuit.openUntil !== undefined) log.info('Circuit closed', { callee });
      circuit.failures = 0;
      circuit.openUntil = undefined;
      return;
    }
    circuit.failures += 1;
    if (circuit.failures < failuresMax) return;
    circuit.openUntil = now() + openMs;
    log.warn('Circuit opened', { callee, failures: circuit.failures, openMs });
    log.count('plugin.circuit.opened');
  }

  return {
    async run(callee, call, log) {
      const circuit = circuits.get(callee) ?? { failures: 0, openUntil: undefined, isProbing: false };
      circuits.set(callee, circuit);
      admit(callee, circuit, log);
      try {
        const answer = await call();
        settle(callee, circuit, { answer }, log);
        return answer;
      } catch (error) {
        settle(callee, circuit, { error }, log);
        throw error;
      }
    },
  };
}
