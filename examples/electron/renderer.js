// The window: a frame counter that runs all the time, and a button.
let frames = 0

function draw() {
  document.getElementById('frames').textContent = String(++frames)
  requestAnimationFrame(draw)
}

async function run() {
  const before = frames
  const { primes, ticks } = await window.primes.count()
  const answer = `${primes} primes, ${frames - before} frames and ${ticks} ticks of main meanwhile`
  document.getElementById('answer').textContent = answer
  return answer
}

addEventListener('DOMContentLoaded', () => {
  draw()
  document.getElementById('count').addEventListener('click', run)
})
