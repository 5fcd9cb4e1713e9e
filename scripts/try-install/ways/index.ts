import type { Way } from '../way.ts';
import { npmGlobal } from './npm-global.ts';

export const WAYS: readonly Way[] = [npmGlobal];
