import { prepareRun } from './run.mjs';

export default () => prepareRun();
