/** How fast the API lists experiments. */
const ASKED = [
  '',
  '&sort=score',
  '&sort=score&order=desc',
  '&sort=duration&order=desc',
  '&status=succeeded',
  '&search=depth%3D1',
];

/** Pages of 100, in every order, by one client after another. */
export async function measureLists(base, id, rounds = 40) {
  const times = [];
  let experiments = 0;
  for (let round = 0; round < rounds; round++) {
    for (const query of ASKED) {
      const start = performance.now();
      const response = await fetch(`${base}/api/v1/tunes/${id}/experiments?limit=100${query}`);
      const { items } = await response.json();
      times.push(performance.now() - start);
      if (items.length === 0) throw new Error(`nothing is listed: ${query}`);
    }
  }
  for (let cursor = ''; cursor !== null;) {
    const response = await fetch(
      `${base}/api/v1/tunes/${id}/experiments?limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    );
    const { items, next } = await response.json();
    experiments += items.length;
    cursor = next;
  }
  times.sort((a, b) => a - b);
  return { experiments, p95: times[Math.floor(times.length * 0.95)], p50: times[Math.floor(times.length / 2)] };
}
