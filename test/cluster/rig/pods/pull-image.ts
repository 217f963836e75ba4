/** Pulling an image, which is looking it up in a table, with a kubelet's states and events for one that is missing. */
import { FIRST_BACK_OFF_MS, longer, pause } from './back-off.js';
import type { Waiting } from './container-state.js';
import type { EventDetails } from './events.js';
import type { ImageProgram, Images } from './image-program.js';

export interface Listener {
  enter(state: Waiting): void;
  event(details: EventDetails): void;
}

/** @returns what runs for the image, as soon as the table has it; null when the signal comes first. */
export async function pullImage(
  image: string,
  images: Images,
  { enter, event }: Listener,
  signal: AbortSignal
): Promise<ImageProgram | null> {
  const failed = (message: string): void => event({ type: 'Warning', reason: 'Failed', message });
  for (let backOffMs = FIRST_BACK_OFF_MS; !signal.aborted; backOffMs = longer(backOffMs)) {
    const program = images[image];
    if (program) {
      event({ type: 'Normal', reason: 'Pulled', message: `Container image "${image}" already present on machine` });
      return program;
    }
    const cause = `failed to pull and unpack image "${image}": ${image}: not found`;
    failed(`Failed to pull image "${image}": ${cause}`);
    failed('Error: ErrImagePull');
    enter({ kind: 'waiting', reason: 'ErrImagePull', message: cause });
    await pause(FIRST_BACK_OFF_MS / 2, signal);
    event({ type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"` });
    failed('Error: ImagePullBackOff');
    enter({ kind: 'waiting', reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` });
    await pause(backOffMs, signal);
  }
  return null;
}
