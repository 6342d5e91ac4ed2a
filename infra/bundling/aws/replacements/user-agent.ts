import type { UserAgentResolvedConfig } from '@aws-sdk/core/client';
import { HttpRequest } from '@smithy/core/protocols';
import type {
  AbsoluteLocation,
  BuildHandler,
  BuildHandlerOptions,
  HandlerExecutionContext,
  MetadataBearer,
  Pluggable,
  UserAgentPair,
} from '@smithy/types';

interface AgentContext extends HandlerExecutionContext {
  userAgent?: UserAgentPair[];
}

const NOT_IN_A_NAME = /[^!$%&'*+\-.^_`|~\w]/g;
const NOT_IN_A_VERSION = /[^!$%&'*+\-.^_`|~\w#]/g;

/** `os/linux` and `6.1` as `os/linux#6.1`, `aws-sdk-js` and `3.1` as `aws-sdk-js/3.1`. */
function section([name, version]: UserAgentPair): string {
  const [prefix = '', ...rest] = name.split('/').map((part) => part.replace(NOT_IN_A_NAME, '-'));
  const tail = rest.join('/');
  const parts = [
    prefix,
    prefix === 'api' ? tail.toLowerCase() : tail,
    version?.replace(NOT_IN_A_VERSION, '-'),
  ];
  const [first = '', second, third] = parts.filter((part) => part !== undefined && part !== '');
  return first + (second === undefined ? '' : `/${second}`) + (third === undefined ? '' : `#${third}`);
}

/** What is the same for every call of a client. */
async function ofClient(options: UserAgentResolvedConfig) {
  const app = await options.userAgentAppId();
  const own = [
    ...(await options.defaultUserAgentProvider()),
    ...(app ? [['app', app] as UserAgentPair] : []),
  ];
  const custom = (options.customUserAgent ?? []).map(section);
  const sdk = own.map(section).filter((one) => one.startsWith('aws-sdk-'));
  return { own: own.map(section), custom, short: [...sdk, ...custom].join(' ') };
}

/** Names the SDK, the system and the application in the headers of each call. */
export const userAgentMiddleware = (options: UserAgentResolvedConfig) => {
  let client: ReturnType<typeof ofClient> | undefined;
  return <Output extends MetadataBearer>(
    next: BuildHandler<object, Output>,
    { userAgent }: AgentContext,
  ): BuildHandler<object, Output> =>
    async (args) => {
      const { request } = args;
      if (!HttpRequest.isInstance(request)) return next(args);
      const { own, custom, short } = await (client ??= ofClient(options));
      const all = [...own, ...(userAgent ?? []).map(section), ...custom].join(' ');
      const before = request.headers['x-amz-user-agent'];
      request.headers['x-amz-user-agent'] = before ? `${request.headers['user-agent']} ${short}` : short;
      request.headers['user-agent'] = all;
      return next(args);
    };
};

export const getUserAgentMiddlewareOptions: BuildHandlerOptions & AbsoluteLocation = {
  name: 'getUserAgentMiddleware',
  step: 'build',
  priority: 'low',
  tags: ['SET_USER_AGENT', 'USER_AGENT'],
  override: true,
};

export const getUserAgentPlugin = (config: UserAgentResolvedConfig): Pluggable<object, MetadataBearer> => ({
  applyToStack(stack) {
    stack.add(userAgentMiddleware(config), getUserAgentMiddlewareOptions);
  },
});
