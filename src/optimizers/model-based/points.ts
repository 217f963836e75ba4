import type { ParameterValue } from '../../domain/space/combination.js';
import type { Axis, SearchSpace } from '../../domain/space/search-space.js';
import type { ModelAxis, Point } from './model.js';

/** A space as the model sees it: sizes and numbers, no names and no texts. */
export function modelAxes(space: SearchSpace): ModelAxis[] {
  return space.axes.map(modelAxis);
}

function modelAxis({ size, values }: Axis): ModelAxis {
  if (!values) return { kind: 'range', size };
  const numbers = values.filter((value: ParameterValue) => typeof value === 'number');
  return numbers.length === size ? { kind: 'numbers', size, values: numbers } : { kind: 'categories', size };
}

/** The digits of a combination's number, the last axis varying fastest. */
export function pointOf({ axes }: SearchSpace, index: number): Point {
  const point = new Array<number>(axes.length);
  let rest = index;
  for (let i = axes.length - 1; i >= 0; i--) {
    const size = axes[i]?.size ?? 1;
    point[i] = rest % size;
    rest = Math.floor(rest / size);
  }
  return point;
}

/** @returns null for what is no point of the space. */
export function indexOf({ axes }: SearchSpace, point: Point): number | null {
  if (point.length !== axes.length || point.some((digit, i) => digit >= (axes[i]?.size ?? 0))) return null;
  return axes.reduce((index, { size }, i) => index * size + (point[i] ?? 0), 0);
}
