import { endpointUrl, type Service } from '#runtime/aws/endpoint.ts';
import type { EndpointParameters, EndpointV2 } from '@smithy/types';

/**
 * The host of a service, as the rules of its client have it.
 * @throws Error for what only those rules know: global endpoints and account-id endpoints
 */
export function endpointOf(service: Service, parameters: EndpointParameters): EndpointV2 {
  const { Region: region, Endpoint: endpoint, UseFIPS, UseDualStack } = parameters;
  const fips = UseFIPS === true;
  const dualStack = UseDualStack === true;
  if (typeof endpoint === 'string') {
    if (fips || dualStack)
      throw new Error('An endpoint of your own is used as it is: switch FIPS and dual stack off');
    return { url: new URL(endpoint), properties: {}, headers: {} };
  }
  if (parameters['EndpointId'] !== undefined)
    throw new Error('Global endpoints of EventBridge are not bundled');
  if (parameters['AccountIdEndpointMode'] === 'required')
    throw new Error('Account-id endpoints are not bundled');
  if (typeof region !== 'string' || region === '') throw new Error('Invalid Configuration: Missing Region');
  return { url: endpointUrl(service, { region, fips, dualStack }), properties: {}, headers: {} };
}

/** The resolver of a client: one endpoint for all its calls, since their resources do not matter. */
export function resolverOf(service: Service): (parameters: EndpointParameters) => EndpointV2 {
  const known = new Map<string, EndpointV2>();
  return (parameters) => {
    const { Region, Endpoint, UseFIPS, UseDualStack } = parameters;
    const key = [Region, Endpoint, UseFIPS, UseDualStack].join(' ');
    const isPlain =
      parameters['EndpointId'] === undefined && parameters['AccountIdEndpointMode'] !== 'required';
    const endpoint = (isPlain ? known.get(key) : undefined) ?? endpointOf(service, parameters);
    known.set(key, endpoint);
    return endpoint;
  };
}
