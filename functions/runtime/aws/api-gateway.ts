import { once } from '../once.ts';
import { type AwsClientOptions, type AwsRequest, createAwsClient } from './client.ts';

/** A stage of an HTTP API. */
interface StageOf {
  readonly ApiId: string;
  readonly StageName: string;
}

/** What a stage has for one route, in place of all of its defaults. */
export interface RouteSettings {
  readonly DetailedMetricsEnabled: boolean;
  readonly ThrottlingRateLimit: number;
  readonly ThrottlingBurstLimit: number;
}

/** The calls for the route settings of a stage, as `ApiGatewayV2` of the AWS SDK has them. */
export interface StagesClient {
  /** Adds settings, or replaces those of the same routes; all other settings stay. */
  updateStage(
    input: StageOf & { readonly RouteSettings: Readonly<Record<string, RouteSettings>> },
  ): Promise<unknown>;
  deleteRouteSettings(input: StageOf & { readonly RouteKey: string }): Promise<unknown>;
}

const stagePath = ({ ApiId, StageName }: StageOf): string =>
  `/v2/apis/${encodeURIComponent(ApiId)}/stages/${encodeURIComponent(StageName)}`;

/** On the wire the members begin with a lower case letter. */
const onWire = (settings: RouteSettings) => ({
  detailedMetricsEnabled: settings.DetailedMetricsEnabled,
  throttlingRateLimit: settings.ThrottlingRateLimit,
  throttlingBurstLimit: settings.ThrottlingBurstLimit,
});

export function createStagesClient(options?: AwsClientOptions): StagesClient {
  const client = createAwsClient('apigateway', options);
  const send = (request: AwsRequest) => client.send(request);
  return {
    updateStage: ({ RouteSettings: given, ...stage }) => {
      const routeSettings = Object.fromEntries(
        Object.entries(given).map(([key, settings]) => [key, onWire(settings)]),
      );
      return send({
        method: 'PATCH',
        path: stagePath(stage),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ routeSettings }),
      });
    },
    deleteRouteSettings: ({ RouteKey, ...stage }) =>
      send({ method: 'DELETE', path: `${stagePath(stage)}/routesettings/${encodeURIComponent(RouteKey)}` }),
  };
}

/** The client for the stages of HTTP APIs. */
export const stagesClient = /* @__PURE__ */ once(() => createStagesClient());
