/** Shorter ones would be found in any text. */
export const SHORTEST_SECRET = 8;

/** A value as it may stand in a text: itself, its lines, and as JSON, URLs and Base64 have it. */
export function formsOf(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const plain = [value, ...(lines.length > 1 ? lines : [])].filter((form) => form.length >= SHORTEST_SECRET);
  return plain.flatMap((form) => {
    const json = JSON.stringify(form).slice(1, -1);
    const twice = JSON.stringify(json).slice(1, -1);
    return [form, json, twice, encodeURIComponent(form), ...base64Forms(form)];
  });
}

/** As part of something longer, too, such as `user:secret`: then it may begin at each of three positions of a Base64 group. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  const forms = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return text.slice([0, 2, 3][shift], Math.floor(((shift + bytes.length) * 4) / 3));
  });
  const long = forms.filter((form) => form.length >= SHORTEST_SECRET);
  return long.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}
