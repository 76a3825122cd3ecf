/** `Array.prototype.splice` for any number of items: the arguments of one call are limited. */
const most = 10_000;

export function spliceMany<T>(array: T[], first: number, removed: number, items: readonly T[]): void {
  array.splice(first, removed, ...items.slice(0, most));
  for (let from = most; from < items.length; from += most)
    array.splice(first + from, 0, ...items.slice(from, from + most));
}
