/** As the guide spells names; a task may also write them with dashes. */
export function underscored(name: string): string {
  return name.replaceAll('-', '_').toLowerCase();
}
