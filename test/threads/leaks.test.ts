// Threads that were joined leave nothing behind. The stress run has a thousand and more.
import { test } from 'vitest'
import { expectNoLeaks } from '../helpers/leaks'

test('100 threads leave nothing behind', () => expectNoLeaks(100, 110), 120_000)
