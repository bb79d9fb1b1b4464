/** The page: one map, one shell over it, and a clock. */
import './css/page.css'
import { begin } from './actions'
import { listen } from './live'
import { MapView } from './map/map-view'
import type { App } from './panels/app'
import './panels/app'
import { store } from './store'

const app = document.querySelector('om-app') as App
const view = new MapView(document.getElementById('map')!, (at, point) => app.openMenu(at, point))
app.view = view
view.add()
document.getElementById('map')!.addEventListener('pointerdown', () => app.closeMenu())
window.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  app.closeMenu()
  store.set({ pick: null })
})

store.listen((now, before) => {
  if (now.lang !== before.lang) document.documentElement.lang = now.lang
  if (now.style !== before.style) document.documentElement.dataset['style'] = now.style
  if (now.lang !== before.lang || now.area !== before.area) document.title = [store.say('app.title'), now.area?.name].filter(Boolean).join(' · ')
})

listen()
void begin()
// After the first picture, or when there is a moment; a click before that waits for it.
requestIdleCallback(() => void import('./panels/late'), { timeout: 1200 })
