import { isObject } from '../json.ts';
import { ACCOUNT_THROTTLE, type ThrottleResource } from '../resources/api-gateway.ts';
import { requiredString } from './members.ts';
import { jsonReply, ServiceError, unknownOperation } from './reply.ts';
import type { AwsCall, AwsReply, ServiceContext } from './types.ts';

type Context = Pick<ServiceContext, 'assembly' | 'throttles'>;

/** API Gateway: throttles of the routes of the HTTP API's stage. */
export async function apiGateway(
  call: Pick<AwsCall, 'operation' | 'input'>,
  context: Context,
): Promise<AwsReply> {
  if (call.operation === 'UpdateStage') return updateStage(call, context);
  if (call.operation === 'DeleteRouteSettings') return deleteRouteSettings(call, context);
  throw unknownOperation(call);
}

function updateStage(call: Pick<AwsCall, 'input'>, context: Context): AwsReply {
  const { apiId, name } = stageOf(call, context);
  const { ApiId: _api, StageName: _stage, routeSettings = {}, ...others } = call.input;
  const [other] = Object.keys(others);
  if (other !== undefined) throw badRequest(`${other} cannot be changed on the local runner`);
  if (!isObject(routeSettings)) throw badRequest('Invalid routeSettings specified');
  const entries = Object.entries(routeSettings).map(
    ([key, settings]) => [key, throttleOf(key, settings)] as const,
  );
  const { routes } = context.assembly.current;
  const unknown = entries.find(([key]) => !routes.some((route) => route.key === key));
  if (unknown) throw notFound(`Unable to find Route by key ${unknown[0]} within the provided RouteSettings`);
  for (const [key, throttle] of entries) context.throttles.set(key, throttle);
  return jsonReply({ apiId, stageName: name, routeSettings });
}

function deleteRouteSettings(call: Pick<AwsCall, 'input'>, context: Context): AwsReply {
  stageOf(call, context);
  const key = requiredString(call.input, 'RouteKey', 'BadRequestException');
  if (!context.throttles.remove(key)) throw notFound('Invalid route settings key specified');
  return { status: 204, body: '' };
}

function stageOf({ input }: Pick<AwsCall, 'input'>, { assembly }: Context) {
  const apiId = requiredString(input, 'ApiId', 'BadRequestException');
  const name = requiredString(input, 'StageName', 'BadRequestException');
  const { stage, accountId } = assembly.current;
  if (stage?.apiId !== apiId) throw notFound(`Invalid API identifier specified ${accountId}:${apiId}`);
  if (stage.name !== name) throw notFound('Invalid stage identifier specified');
  return stage;
}

/** Settings of a route stand in place of all defaults of the stage: what they leave out is the account's. */
function throttleOf(key: string, settings: unknown): ThrottleResource {
  if (!isObject(settings)) throw badRequest(`Invalid routeSettings of ${key} specified`);
  const read = (name: string, fallback: number): number => {
    const value = settings[name] ?? fallback;
    if (typeof value !== 'number' || value < 0) throw badRequest(`Invalid ${name} of ${key} specified`);
    return value;
  };
  return {
    rate: read('throttlingRateLimit', ACCOUNT_THROTTLE.rate),
    burst: read('throttlingBurstLimit', ACCOUNT_THROTTLE.burst),
  };
}

const badRequest = (message: string) => new ServiceError('BadRequestException', message);
const notFound = (message: string) => new ServiceError('NotFoundException', message, 404);
