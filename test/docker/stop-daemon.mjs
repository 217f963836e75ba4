export { stopDaemon as default } from './daemon.mjs';
