import { expect, it } from 'vitest';
import { RateLimiter } from '../../../src/http/rate-limiter.ts';

const MINUTE = 60_000;

it('lets so many requests through in an hour, and the next when the oldest is an hour old', () => {
  const budget = new RateLimiter(3);
  expect([0, 10, 20].map((minute) => budget.reserve(minute * MINUTE))).toEqual([0, 0, 0]);
  expect(budget.reserve(30 * MINUTE)).toBe(30 * 60);
  // The one before waits until minute 60; this one's turn is at minute 70.
  expect(budget.reserve(60 * MINUTE)).toBe(10 * 60);
  expect(budget.reserve(200 * MINUTE)).toBe(0);
});
