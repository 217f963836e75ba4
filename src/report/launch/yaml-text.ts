/** YAML that every parser reads the same: what cannot be seen is written as an escape, which Go's parser insists on for control characters. */
import { Document, visit } from 'yaml';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** But the line breaks that YAML itself has. */
const UNSEEN_WITHIN = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

export function yamlText(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && UNSEEN.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  // Only double quotes know escapes, and all that needs one stands in them.
  return document.toString({ lineWidth: 0 }).replaceAll(UNSEEN_WITHIN, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
