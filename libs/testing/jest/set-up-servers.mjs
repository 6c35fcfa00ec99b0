import { startServers } from './run.mjs';

export default () => startServers();
