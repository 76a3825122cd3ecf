/** Paths as text, `/` separated, for a part of the house that knows no file system. */

const slashes = (path: string) => path.replaceAll("\\", "/");

const isWindowsDrive = (path: string) => /^[a-z]:\//i.test(path);

export function isAbsolutePath(path: string): boolean {
  const plain = slashes(path);
  return plain.startsWith("/") || isWindowsDrive(plain);
}

/** @param base absolute */
export function resolvePath(base: string, path: string): string {
  const plain = slashes(path);
  const whole = isAbsolutePath(plain) ? plain : `${slashes(base)}/${plain}`;
  const root = isWindowsDrive(whole) ? whole.slice(0, 2) : "";
  const steps: string[] = [];
  for (const step of whole.slice(root.length).split("/"))
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  return `${root}/${steps.join("/")}`;
}

/** The folder that holds it. */
export function folderOf(path: string): string {
  return resolvePath(path, "..");
}

/** The project's way of naming a file: relative inside its directory, absolute outside, `.` for the directory. */
export function projectName(directory: string, path: string): string {
  const home = resolvePath(directory, ".");
  const absolute = resolvePath(directory, path);
  if (absolute === home) return ".";
  const inside = home === "/" ? "/" : `${home}/`;
  return absolute.startsWith(inside) ? absolute.slice(inside.length) : absolute;
}

/** Whether the path is the folder, or lies below it; both named the same way. */
export function isWithin(folder: string, path: string): boolean {
  return folder === "." ? !isAbsolutePath(path) : path === folder || path.startsWith(`${folder}/`);
}
