import { randomUUID } from 'node:crypto';

/** A fault that a developer asked for, injected once: at the n-th call that leaves a function from now on. */
export interface FaultRequest {
  readonly functionName: string;
  readonly kind: 'crash' | 'hang' | 'fail';
  readonly target: 'aws' | 'provider';
  readonly n: number;
  readonly when: 'before' | 'after';
}

/** A fault as an environment gets it: `n` counts from the start of the invocation. */
interface ArmedFault {
  readonly id: string;
  readonly kind: FaultRequest['kind'];
  readonly target: FaultRequest['target'];
  readonly n: number;
  readonly when: FaultRequest['when'];
}

/** The faults that are to be injected. */
export interface FaultInjector {
  add(request: FaultRequest): string;
  clear(): void;
  list(): readonly (ArmedFault & { readonly functionName: string })[];
  /** What an invocation of the function that begins now has to inject. */
  armedFor(functionName: string): readonly ArmedFault[];
  /** A call left the function in an invocation. */
  called(functionName: string, target: FaultRequest['target']): void;
  /** A fault has been injected. */
  injected(id: string): void;
}

/** Counts calls over all environments of a function, so that the n-th call does not depend on which one runs it. */
export function createFaultInjector(): FaultInjector {
  const faults = new Map<string, { request: FaultRequest; remaining: number }>();
  const armed = (id: string, { request, remaining }: { request: FaultRequest; remaining: number }) => ({
    id,
    kind: request.kind,
    target: request.target,
    n: remaining,
    when: request.when,
  });

  return {
    add(request) {
      const id = randomUUID();
      faults.set(id, { request, remaining: request.n });
      return id;
    },
    clear: () => faults.clear(),
    list: () =>
      [...faults].map(([id, fault]) => ({ ...armed(id, fault), functionName: fault.request.functionName })),
    armedFor: (functionName) =>
      [...faults]
        .filter(([, { request }]) => request.functionName === functionName)
        .map(([id, fault]) => armed(id, fault)),
    called(functionName, target) {
      for (const [id, fault] of faults) {
        if (fault.request.functionName !== functionName || fault.request.target !== target) continue;
        fault.remaining -= 1;
        if (fault.remaining === 0) faults.delete(id);
      }
    },
    injected: (id) => void faults.delete(id),
  };
}
