import type { Way } from '../way.ts';
import { executable } from './executable.ts';
import { npmGlobal } from './npm-global.ts';

export const WAYS: readonly Way[] = [npmGlobal, executable];
