// Native threads in plain C: they count down for JavaScript, and one waits for JavaScript.
import { createRequire } from 'node:module'
import { WaitGroup } from 'futex-waitgroup'

/** @type {{ countDown: (wg: WaitGroup) => void, whenReady: (wg: WaitGroup) => void }} */
const threads = createRequire(import.meta.url)('./build/Release/in_c.node')

const wg = new WaitGroup()
wg.add(3)
for (let i = 0; i < 3; i++) threads.countDown(wg)
wg.wait()
console.log('JavaScript: three native threads have counted down')

const ready = new WaitGroup()
ready.add()
threads.whenReady(ready)
setTimeout(() => ready.done(), 100)
