import type { ControlActivities, HostActivities, PlacesActivities } from '../contracts/activities.js';
import { createControlActivities } from './control.js';
import type { Dependencies } from './dependencies.js';
import { createHostActivities, createPlacesActivities } from './host.js';

export type { Dependencies } from './dependencies.js';

/** Every activity, grouped by the queue that serves it. */
export interface ActivitiesByQueue {
  readonly control: ControlActivities;
  readonly places: PlacesActivities;
  readonly host: HostActivities;
}

/** The only way to the activities: the worker gives what they need from the world. */
export function createActivities(dependencies: Dependencies): ActivitiesByQueue {
  return {
    control: createControlActivities(dependencies),
    places: createPlacesActivities(dependencies),
    host: createHostActivities(dependencies),
  };
}
