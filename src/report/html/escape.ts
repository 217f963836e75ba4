/** Text as HTML shows it. */

/**
 * Text for the content of an element and for the value of a quoted attribute. What cannot be seen, but changes how the rest is read
 * (control characters, marks of direction, halves of characters), becomes U+FFFD.
 * @param keep line breaks and tabs stay.
 */
export function escapeHtml(text: string, keep = false): string {
  return visible(text, keep).replace(/[&<>"'`=]/g, (found) => ENTITIES[found] ?? found);
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' },
  ...{ "'": '&#39;', '`': '&#96;', '=': '&#61;' },
};

/** @param keep line breaks and tabs stay; otherwise they are spaces. */
export function visible(text: string, keep = false): string {
  const lines = text.replace(/\r\n?/g, '\n');
  return (keep ? lines : lines.replace(/[\n\t\u2028\u2029\u0085]+/g, ' ')).replace(
    keep ? /[^\P{C}\n\t]|[\u2028\u2029]/gu : /\p{C}/gu,
    '\ufffd'
  );
}
