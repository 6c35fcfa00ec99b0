import { finishRun } from './run.mjs';

export default () => finishRun();
