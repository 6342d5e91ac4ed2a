import { createProgram } from './program.ts';
import { runProgram } from './run.ts';

await runProgram((print) => createProgram(process.cwd(), print));
