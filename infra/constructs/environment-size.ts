import { Token } from 'aws-cdk-lib';

/** Names and values of all variables of a function together. Source: Lambda quotas. */
const MAX_BYTES = 4096;
/** A value that is known at deployment only: ARNs and physical names. */
const UNRESOLVED_BYTES = 160;

/** @throws Error when Lambda would refuse the function's variables */
export function checkEnvironmentSize(
  functionName: string,
  variables: Readonly<Record<string, string>>,
): void {
  const sizes = Object.entries(variables).map(([name, value]) => ({
    name,
    bytes: name.length + (Token.isUnresolved(value) ? UNRESOLVED_BYTES : Buffer.byteLength(value)),
  }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= MAX_BYTES) return;
  const [largest] = sizes.sort((a, b) => b.bytes - a.bytes);
  throw new Error(
    `${functionName}: its environment variables have ${total} bytes and Lambda takes ${MAX_BYTES}; ` +
      `the largest is ${largest?.name} with ${largest?.bytes}. Let several functions serve its operations.`,
  );
}
