import type { PolicyDocument, PolicyStatement } from '../resources/iam.ts';
import { compileCondition, type Condition } from './condition.ts';
import { compilePrincipal, type Principal, type PrincipalMatch } from './principal.ts';
import { type Context, globExpression, parseTemplate, resourceExpression } from './template.ts';

/** What is asked for. `principal` matters to resource policies only. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  readonly principal?: Principal;
  readonly context: Context;
}

/** A statement, ready to be matched with requests. */
export interface CompiledStatement {
  readonly source: PolicyStatement;
  readonly effect: 'Allow' | 'Deny';
  /** Whether action, resource and condition match; undefined when that is not known. */
  matches(request: IamRequest): boolean | undefined;
  principal(principal: Principal | undefined): PrincipalMatch;
}

/** The statements of a policy, or why IAM would refuse it. */
type CompiledDocument = readonly CompiledStatement[] | { readonly problem: string };

/** A statement that IAM would not accept. */
class Malformed extends Error {}

const compiled = new WeakMap<PolicyDocument, CompiledDocument>();

/** Compiles a policy document once; `problem` is what is malformed in it. */
export function compileDocument(document: PolicyDocument): CompiledDocument {
  const known = compiled.get(document);
  if (known !== undefined) return known;
  let result: CompiledDocument;
  try {
    const statements: readonly unknown[] = [document.Statement].flat();
    const variables = document.Version === '2012-10-17';
    result = statements.map((statement) => compileStatement(statement as PolicyStatement, variables));
  } catch (error) {
    if (!(error instanceof Malformed) && !(error instanceof TypeError)) throw error;
    result = { problem: `malformed policy: ${error.message}` };
  }
  compiled.set(document, result);
  return result;
}

function compileStatement(source: PolicyStatement, variables: boolean): CompiledStatement {
  const effect: unknown = source.Effect;
  if (effect !== 'Allow' && effect !== 'Deny') throw new Malformed('Effect is neither Allow nor Deny');
  const action = compileActions(source);
  const resource = compileResources(source, variables);
  const condition = compileConditionOf(source, variables);
  return {
    source,
    effect,
    matches: (request) => {
      if (!action(request.action)) return false;
      const resourceMatches = resource(request);
      if (resourceMatches === false) return false;
      const conditionHolds = condition(request.context);
      return conditionHolds === false ? false : resourceMatches === undefined ? undefined : conditionHolds;
    },
    principal: compilePrincipalOf(source),
  };
}

function compileActions(source: PolicyStatement): (action: string) => boolean {
  const [values, negated] = eitherElement(source.Action, source.NotAction, 'Action');
  const expressions = values.map((value) => globExpression(parseTemplate(value, false), {}, 'is'));
  return (action) => expressions.some((expression) => expression?.test(action)) !== negated;
}

function compileResources(
  source: PolicyStatement,
  variables: boolean,
): (request: IamRequest) => boolean | undefined {
  const [values, negated] = eitherElement(source.Resource, source.NotResource, 'Resource');
  const tests = values.map((value) => {
    const template = parseTemplate(value, variables);
    const fixed = template.some((token) => token.kind === 'variable')
      ? undefined
      : resourceExpression(template, {});
    return (request: IamRequest) =>
      (fixed ?? resourceExpression(template, request.context))?.test(request.resource);
  });
  return (request) => {
    const results = tests.map((test) => test(request));
    if (results.includes(true)) return !negated;
    return results.includes(undefined) ? undefined : negated;
  };
}

function compileConditionOf(source: PolicyStatement, variables: boolean): Condition {
  if (source.Condition === undefined) return () => true;
  const condition = compileCondition(source.Condition, variables);
  if (typeof condition === 'object') throw new Malformed(condition.problem);
  return condition;
}

function compilePrincipalOf(source: PolicyStatement): CompiledStatement['principal'] {
  if (source.Principal === undefined && source.NotPrincipal === undefined) return () => 'none';
  if (source.Principal !== undefined && source.NotPrincipal !== undefined) {
    throw new Malformed('both Principal and NotPrincipal');
  }
  const match = compilePrincipal(source.Principal ?? source.NotPrincipal);
  if (match === undefined) throw new Malformed('Principal is not understood');
  if (source.Principal !== undefined) return match;
  return (principal) => (match(principal) === 'none' ? 'direct' : 'none');
}

function eitherElement(positive: unknown, negative: unknown, name: string): [readonly string[], boolean] {
  if ((positive === undefined) === (negative === undefined)) {
    throw new Malformed(`needs exactly one of ${name} and Not${name}`);
  }
  const values = valuesOf(positive ?? negative, name);
  if (!values.every((value) => typeof value === 'string')) throw new Malformed(`${name} is not text`);
  return [values, positive === undefined];
}

function valuesOf(value: unknown, name: string): readonly unknown[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0 || values.includes(undefined)) throw new Malformed(`${name} is empty`);
  return values;
}
