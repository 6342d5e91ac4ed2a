import type { Assembly } from '#infra/local/resources/assembly.ts';
import type { PolicyDocument } from '#infra/local/resources/iam.ts';
import { judgePolicy } from './iam-judge.ts';

const ACCEPTED: readonly (readonly [finding: string, reason: string])[] = [
  [
    'dynamodb:ListStreams takes no resource',
    'Lambda asks with the stream: "IAM policy to allow an AWS Lambda function to access DynamoDB stream records"',
  ],
];

interface Judgement {
  /** How many policies there are. */
  readonly judged: number;
  /** What the service authorization reference of AWS has against them, with the role or queue. */
  readonly refused: readonly string[];
  /** How often each finding was made that is accepted with a reason. */
  readonly accepted: readonly { readonly finding: string; readonly found: number }[];
}

/** Judges every policy of an assembly: of roles, their boundaries and trust, and of queues. */
export async function judgePolicies(assembly: Assembly): Promise<Judgement> {
  const policies = policiesOf(assembly);
  const judged = await Promise.all(
    [...policies].map(async ([text, owner]) =>
      (await judgePolicy(JSON.parse(text) as PolicyDocument)).map((finding) => `${owner}: ${finding}`),
    ),
  );
  const findings = judged.flat();
  const isAccepted = (finding: string) => ACCEPTED.some(([text]) => finding.endsWith(text));
  return {
    judged: policies.size,
    refused: findings.filter((finding) => !isAccepted(finding)),
    accepted: ACCEPTED.map(([finding]) => ({
      finding,
      found: findings.filter((found) => found.endsWith(finding)).length,
    })),
  };
}

/** Every policy with what it belongs to; roles share boundaries, which stand here once. */
function policiesOf({ roles, queues }: Assembly): ReadonlyMap<string, string> {
  const all: (readonly [string, PolicyDocument | undefined])[] = [
    ...roles.flatMap(({ name, policies, boundary, trust }) => [
      ...policies.map((policy) => [name, policy] as const),
      [`boundary of ${name}`, boundary] as const,
      [`trust of ${name}`, trust && withoutResource(trust)] as const,
    ]),
    ...queues.map(({ name, policy }) => [name, policy] as const),
  ];
  return new Map(all.flatMap(([owner, policy]) => (policy ? [[JSON.stringify(policy), owner]] : [])));
}

/** A trust policy has no resource in its template; the runner reads it with one. */
const withoutResource = ({ Statement }: PolicyDocument): PolicyDocument => ({
  Statement: [Statement].flat().map((statement) => ({ ...statement, Resource: undefined })),
});
