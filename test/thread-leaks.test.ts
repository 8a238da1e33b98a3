// Threads that were joined leave nothing behind. The stress run has a thousand and more.
import { test } from 'vitest'
import { expectNoLeaks } from './support/leaks'

test('200 threads leave nothing behind', () => expectNoLeaks(200, 110), 120_000)
