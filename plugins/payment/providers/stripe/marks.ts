import { DEPLOYMENT_KEY } from '../metadata-keys.ts';

/** The metadata that records the deployment on an object. */
export function deploymentMark({
  deployment,
}: {
  readonly deployment?: string | undefined;
}): Record<string, string> {
  return deployment === undefined ? {} : { [DEPLOYMENT_KEY]: deployment };
}

/** The deployment that an object names in its metadata. */
export function markIn(metadata: Readonly<Record<string, string>> | null | undefined) {
  return { deployment: metadata?.[DEPLOYMENT_KEY] };
}
