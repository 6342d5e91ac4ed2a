import type { BrowserContext, Request } from 'playwright-core';

/** What a browser complained of during one test. */
export interface Problems {
  watch(context: BrowserContext): void;
  /** @param answer as `method path status`, such as `POST /plugins/{name}/load 409`; braces stand for one segment */
  allow(answer: string): void;
  /** What was seen since the last time and is not allowed, one text for each. */
  take(): readonly string[];
}

/** Collects console errors, errors of scripts, and answers of one origin of 400 and above. */
export function watchProblems(origin: string): Problems {
  const allowed: RegExp[] = [];
  let seen: string[] = [];
  let refusals: string[] = [];
  const ofOrigin = (request: Request): boolean => request.url().startsWith(`${origin}/`);
  const nameOf = (request: Request): string =>
    `${request.method()} ${request.url().slice(origin.length).replace(/\?.*$/s, '')}`;
  return {
    watch(context) {
      context.on('console', (message) => {
        // The answer itself says more, below.
        if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
        seen.push(`console error: ${message.text()} (${message.location().url})`);
      });
      context.on('weberror', (error) => void seen.push(`script error: ${String(error.error().stack)}`));
      context.on('response', (response) => {
        if (response.status() < 400 || !ofOrigin(response.request())) return;
        refusals.push(`${nameOf(response.request())} ${response.status()}`);
      });
      context.on('requestfailed', (request) => {
        const reason = request.failure()?.errorText ?? 'unknown';
        // A page gives up what it asked for when it is left.
        if (reason === 'net::ERR_ABORTED' || !ofOrigin(request)) return;
        seen.push(`request failed: ${nameOf(request)} ${reason}`);
      });
    },
    allow(answer) {
      const source = answer.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'));
      allowed.push(new RegExp(`^${source.join('[^/]+')}$`));
    },
    take() {
      const taken = [...seen, ...refusals.filter((answer) => !allowed.some((one) => one.test(answer)))];
      seen = [];
      refusals = [];
      return taken;
    },
  };
}
