import { styleText } from 'node:util';

/**
 * Whether text for a stream has colours: on a terminal that can show them, and where `FORCE_COLOR` says so; never
 * with `NO_COLOR` (https://no-color.org).
 */
export const hasColors = (stream: NodeJS.WriteStream): boolean => styleText('bold', '', { stream }) !== '';
