/** The system's Chromium. */
import { chromium, type Browser } from 'playwright-core';
import { findChromium } from '../../../scripts/lib/chromium.mjs';

export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('there is no Chromium here');
  // As root it has no sandbox of its own; it shows nothing but this machine's own pages.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
