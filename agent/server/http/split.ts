/** Path and query of a request; what is no path of ours stays what it is, and is not found. */
export function split(url = ""): readonly [path: string, query: URLSearchParams] {
  const mark = url.indexOf("?");
  return mark < 0
    ? [url, new URLSearchParams()]
    : [url.slice(0, mark), new URLSearchParams(url.slice(mark + 1))];
}
