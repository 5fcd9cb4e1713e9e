import { expect, it } from 'vitest';
import { RateLimiter } from '../../../src/http/rate-limiter.ts';

const MINUTE = 60_000;

it('RateLimiter allows its number of requests an hour, and the next one when the oldest is an hour old', () => {
  const limiter = new RateLimiter(3);
  expect([0, 10, 20].map((minute) => limiter.reserve(minute * MINUTE))).toEqual([0, 0, 0]);
  expect(limiter.reserve(30 * MINUTE)).toBe(30 * 60);
  // The request before waits until minute 60, so this one waits until minute 70.
  expect(limiter.reserve(60 * MINUTE)).toBe(10 * 60);
  expect(limiter.reserve(200 * MINUTE)).toBe(0);
});
