/** The only file that listens: asks the server how it is, and keeps the page's clock with its. */
import * as api from './api'
import { refresh } from './actions'
import { store } from './store'

const EVERY_MS = 5000
const PATIENCE_MS = 8000

/** Starts listening; the function returned stops it. */
export function listen(): () => void {
  let stopped = false
  let offset_ms = 0
  let lastServerNow = ''
  let seq: number | null = null

  const tick = window.setInterval(() => store.set({ now_ms: Date.now() + offset_ms }), 1000)

  const ask = async (): Promise<void> => {
    try {
      const health = await api.health(AbortSignal.timeout(PATIENCE_MS))
      // A demo's clock may stand still between two answers; ours goes on from where it was set.
      if (health.now !== lastServerNow) {
        const drift = Date.parse(health.now) - (Date.now() + offset_ms)
        if (Math.abs(drift) > 2000) offset_ms += drift
        lastServerNow = health.now
      }
      const wasLost = store.state.lost
      store.set({ health, lost: false, seen_ms: Date.now() + offset_ms, now_ms: Date.now() + offset_ms })
      seq = await follow(seq)
      if (wasLost) await refresh()
    } catch {
      store.set({ lost: true })
    }
  }
  const loop = async (): Promise<void> => {
    while (!stopped) {
      await ask()
      await new Promise((wake) => setTimeout(wake, EVERY_MS))
    }
  }
  void loop()
  return () => {
    stopped = true
    clearInterval(tick)
  }
}

/** Reads what happened since; a server that keeps no events yet changes nothing. */
async function follow(seq: number | null): Promise<number | null> {
  try {
    const events = await api.eventsAfter(seq ?? 0)
    if (events.length && seq !== null) await refresh()
    return events.reduce((last, e) => Math.max(last, e.seq), seq ?? 0)
  } catch {
    return seq
  }
}
