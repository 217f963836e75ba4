/** The browser of the suite `web`: whichever Chromium the system has. It is never downloaded: distributions have one. */
import { existsSync } from 'node:fs';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** @returns {string | null} its path; CHROMIUM_PATH before all others */
export function findChromium() {
  return [process.env.CHROMIUM_PATH, ...PATHS].find((path) => path && existsSync(path)) ?? null;
}
