/** Fetches, decodes and paints base tiles away from the page's own thread. */
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { tile as fetchTile } from '../api'
import { paint, type Canvas2D, type Frame, type Label } from './paint'
import { STYLES, type StyleName } from './style'

export interface TileJob { id: number; url: string; style: StyleName; frame: Frame }
export type TileOrder = TileJob | { cancel: number }
export type TileAnswer = { id: number; bitmap: ImageBitmap; labels: Label[] } | { id: number; error: string }

const running = new Map<number, AbortController>()
const decoded = new Map<string, Promise<VectorTile>>()
const KEPT = 96

self.onmessage = (event: MessageEvent<TileOrder>): void => {
  const order = event.data
  if ('cancel' in order) running.get(order.cancel)?.abort()
  else void draw(order)
}

async function draw(job: TileJob): Promise<void> {
  const abort = new AbortController()
  running.set(job.id, abort)
  try {
    const tile = await load(job.url)
    if (abort.signal.aborted) return
    const pixels = Math.round(job.frame.size * job.frame.ratio)
    const canvas = new OffscreenCanvas(pixels, pixels)
    const context = canvas.getContext('2d', { alpha: false }) as Canvas2D
    const labels = paint(tile, context, STYLES[job.style], job.frame)
    const bitmap = canvas.transferToImageBitmap()
    postMessage({ id: job.id, bitmap, labels } satisfies TileAnswer, { transfer: [bitmap] })
  } catch (error) {
    postMessage({ id: job.id, error: String(error) } satisfies TileAnswer)
  } finally {
    running.delete(job.id)
  }
}

/** A decoded tile; the last few stay, since a change of style or a closer zoom asks for them again. */
function load(url: string): Promise<VectorTile> {
  const kept = decoded.get(url)
  if (kept) return kept
  const loading = fetchTile(url, new AbortController().signal).then((bytes) => new VectorTile(new PbfReader(new Uint8Array(bytes ?? new ArrayBuffer(0)))))
  loading.catch(() => decoded.delete(url))
  decoded.set(url, loading)
  if (decoded.size > KEPT) decoded.delete(decoded.keys().next().value!)
  return loading
}
