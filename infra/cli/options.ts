import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ApiTarget } from './api-client.ts';

/** Options of every command. */
export interface CommonFlags {
  readonly json: boolean;
}

/** Adds `--url` and `--token` to a command that talks to a running system. */
export function withTarget(command: Command): Command {
  return command
    .option('--url <url>', 'address of the system', parseUrl, 'http://localhost:3000')
    .addOption(
      new Option(
        '--token <token>',
        'access token; better by the variable, which no list of processes shows',
      ).env('ANINEEPLUS_TOKEN'),
    );
}

export type TargetFlags = ApiTarget;

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('It must begin with http:// or https://.');
  }
  return url.href.replace(/\/$/, '');
}

export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65_535) {
    throw new InvalidArgumentError('It must be a number from 1 to 65535.');
  }
  return Number(text);
}

export function parseDuration(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1 || Number(text) > 900_000) {
    throw new InvalidArgumentError('It must be a number of milliseconds from 1 to 900000.');
  }
  return Number(text);
}

/** @returns ISO 8601 in UTC */
export function parseTime(text: string): string {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new InvalidArgumentError('It must be a time such as 2026-11-23T02:17:00Z.');
}
