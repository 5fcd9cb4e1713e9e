import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether this machine has a program: on the PATH, or among those of the administrator. */
export function hasProgram(name: string): boolean {
  return `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin`.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
