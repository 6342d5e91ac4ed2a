import {
  ACCOUNT_THROTTLE,
  type CorsResource,
  type RouteResource,
  type StageResource,
} from '../../resources/api-gateway.ts';
import { TemplateProblem } from '../error.ts';
import { child, flag, number, optionalText, refuse, text, texts } from '../fields.ts';
import { type Identify, nameOf, type ResolvedStacks, type Resource, stableId } from '../resource.ts';
import { checkFunction } from './lambda.ts';

const api: Identify = (resource) => {
  const ref = stableId(resource, 10);
  const ApiEndpoint = `https://${ref}.execute-api.${resource.env.region}.amazonaws.com`;
  return { ref, name: nameOf(resource, 'Name', 128), arn: '', attributes: { ApiId: ref, ApiEndpoint } };
};

const stage: Identify = (resource) => {
  const name = text(resource.properties, 'StageName');
  return { ref: name, name, arn: '', attributes: {} };
};

/** Parts of an API with an id of their own, which one attribute repeats. */
const part =
  (attribute: string): Identify =>
  (resource) => {
    const ref = stableId(resource, 7);
    return { ref, name: ref, arn: '', attributes: { [attribute]: ref } };
  };

export const API_GATEWAY_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::ApiGatewayV2::Api': api,
  'AWS::ApiGatewayV2::Stage': stage,
  'AWS::ApiGatewayV2::Route': part('RouteId'),
  'AWS::ApiGatewayV2::Integration': part('IntegrationId'),
  'AWS::ApiGatewayV2::Authorizer': part('AuthorizerId'),
};

/** The CORS configuration of an API; undefined where it has none. */
export function toCors({ properties, metadata }: Resource): CorsResource | undefined {
  const cors = child(properties, 'CorsConfiguration');
  if (cors === undefined) return undefined;
  refuse(cors, ['AllowCredentials']);
  const local = metadata && child(metadata, 'cors');
  return {
    allowOrigins: texts(cors, 'AllowOrigins'),
    anyPort: local !== undefined && flag(local, 'anyPort', false),
    allowMethods: texts(cors, 'AllowMethods'),
    allowHeaders: texts(cors, 'AllowHeaders'),
    exposeHeaders: texts(cors, 'ExposeHeaders'),
    maxAgeSeconds: number(cors, 'MaxAge', 0),
  };
}

/** Settings of single routes come from custom resources, once the routes are there. */
export function toStage({ properties }: Resource): StageResource {
  refuse(properties, ['RouteSettings', 'StageVariables']);
  const settings = child(properties, 'DefaultRouteSettings');
  const { rate, burst } = ACCOUNT_THROTTLE;
  return {
    apiId: text(properties, 'ApiId'),
    name: text(properties, 'StageName'),
    throttle: {
      rate: settings ? number(settings, 'ThrottlingRateLimit', rate) : rate,
      burst: settings ? number(settings, 'ThrottlingBurstLimit', burst) : burst,
    },
  };
}

export function toRoute(route: Resource, stacks: ResolvedStacks): RouteResource {
  const { properties } = route;
  const apiId = text(properties, 'ApiId');
  if (!stacks.ofType('AWS::ApiGatewayV2::Api').some((candidate) => candidate.ref === apiId)) {
    throw new TemplateProblem(`${properties.path}.ApiId`, `there is no API ${apiId}`);
  }
  return {
    key: text(properties, 'RouteKey'),
    functionArn: integratedFunction(route, stacks),
    scopes: texts(properties, 'AuthorizationScopes'),
    ...authorization(route, stacks),
  };
}

function integratedFunction(route: Resource, stacks: ResolvedStacks): string {
  const target = text(route.properties, 'Target');
  const integration = partOf(
    route,
    stacks,
    'AWS::ApiGatewayV2::Integration',
    target.replace(/^integrations\//, ''),
  );
  const { properties } = integration;
  refuse(properties, ['RequestParameters', 'ResponseParameters', 'CredentialsArn']);
  if (text(properties, 'IntegrationType') !== 'AWS_PROXY') {
    throw new TemplateProblem(`${properties.path}.IntegrationType`, 'must be AWS_PROXY');
  }
  if (text(properties, 'PayloadFormatVersion') !== '2.0') {
    throw new TemplateProblem(`${properties.path}.PayloadFormatVersion`, 'must be 2.0');
  }
  const uri = text(properties, 'IntegrationUri');
  const arn = /\/functions\/(arn:.*)\/invocations$/.exec(uri)?.[1] ?? uri;
  return checkFunction(stacks, arn, `${properties.path}.IntegrationUri`);
}

function authorization(
  route: Resource,
  stacks: ResolvedStacks,
): Pick<RouteResource, 'auth' | 'issuer' | 'audience'> {
  const { properties } = route;
  const type = optionalText(properties, 'AuthorizationType') ?? 'NONE';
  if (type === 'NONE') return { auth: 'none', issuer: undefined, audience: [] };
  if (type !== 'JWT')
    throw new TemplateProblem(`${properties.path}.AuthorizationType`, `${type} is not supported`);
  const id = text(properties, 'AuthorizerId');
  const authorizer = partOf(route, stacks, 'AWS::ApiGatewayV2::Authorizer', id);
  const jwt = child(authorizer.properties, 'JwtConfiguration');
  if (jwt === undefined)
    throw new TemplateProblem(`${authorizer.properties.path}.JwtConfiguration`, 'is required');
  return { auth: 'jwt', issuer: text(jwt, 'Issuer'), audience: texts(jwt, 'Audience') };
}

/** An integration or authorizer of the route's own API. */
function partOf(route: Resource, stacks: ResolvedStacks, type: string, id: string): Resource {
  const apiId = text(route.properties, 'ApiId');
  const found = stacks
    .ofType(type)
    .find((candidate) => candidate.ref === id && text(candidate.properties, 'ApiId') === apiId);
  if (found === undefined) throw new TemplateProblem(route.properties.path, `its API has no ${type} ${id}`);
  return found;
}
