/** How the base map looks: two styles over one table of widths. Data only; read by the worker too. */

export type StyleName = 'dark' | 'light'
type Stops = readonly (readonly [zoom: number, pixels: number])[]

export interface RoadClass {
  order: number
  from: number // first zoom at which it is drawn
  width: Stops
  casing: number // pixels added on each side
  paint: keyof MapStyle['roads']
  dash?: readonly number[]
}

const MAJOR: Stops = [[7, 0.8], [10, 1.8], [12, 3], [14, 6], [16, 13], [18, 30]]
const CLASSES: Record<string, RoadClass> = {
  motorway: { order: 12, from: 5, width: MAJOR, casing: 1.2, paint: 'motorway' },
  trunk: { order: 11, from: 6, width: MAJOR, casing: 1.1, paint: 'trunk' },
  primary: { order: 10, from: 8, width: [[8, 0.6], [10, 1.2], [12, 2.4], [14, 5], [16, 12], [18, 28]], casing: 1, paint: 'primary' },
  secondary: { order: 9, from: 9, width: [[9, 0.5], [11, 1], [12, 1.6], [14, 4], [16, 10], [18, 25]], casing: 1, paint: 'secondary' },
  tertiary: { order: 8, from: 11, width: [[11, 0.6], [13, 1.6], [14, 3], [16, 8.5], [18, 22]], casing: 0.9, paint: 'tertiary' },
  unclassified: { order: 7, from: 12, width: [[12, 0.5], [13, 1], [14, 2], [16, 6.5], [18, 18]], casing: 0.8, paint: 'street' },
  residential: { order: 6, from: 12, width: [[12, 0.35], [13, 0.8], [14, 1.7], [16, 6], [18, 17]], casing: 0.8, paint: 'street' },
  service: { order: 4, from: 14, width: [[14, 0.6], [15, 1.2], [16, 2.8], [18, 9]], casing: 0.6, paint: 'service' },
  track: { order: 3, from: 13, width: [[13, 0.5], [15, 1.1], [17, 2]], casing: 0, paint: 'track', dash: [5, 3] },
  path: { order: 2, from: 14, width: [[14, 0.5], [16, 1.2], [18, 2]], casing: 0, paint: 'track', dash: [2, 2.5] },
  ferry: { order: 1, from: 9, width: [[9, 0.6], [14, 1.2]], casing: 0, paint: 'ferry', dash: [6, 5] },
}
const ALIASES: Record<string, string> = {
  living_street: 'residential', road: 'unclassified', footway: 'path', pedestrian: 'service',
  steps: 'path', cycleway: 'path', bridleway: 'path', busway: 'service',
}

/** A road class as drawn; links take their parent's, a step narrower. undefined: not drawn. */
export function roadClass(name: string): RoadClass | undefined {
  const known = CLASSES[ALIASES[name] ?? name]
  if (known || !name.endsWith('_link')) return known
  const parent = CLASSES[name.slice(0, -5)]
  return parent && { ...parent, order: parent.order - 0.5, from: Math.max(parent.from, 12), width: parent.width.map(([z, w]) => [z, w * 0.65]) }
}

/** Pixels at a zoom, growing evenly by ratio between stops. */
export function at(stops: Stops, zoom: number): number {
  let before = stops[0]!
  if (zoom <= before[0]) return before[1]
  for (const stop of stops) {
    if (zoom <= stop[0]) {
      const t = (zoom - before[0]) / (stop[0] - before[0] || 1)
      return before[1] * (stop[1] / before[1]) ** t
    }
    before = stop
  }
  return before[1] * 2 ** ((zoom - before[0]) * 0.9)
}

export interface MapStyle {
  land: string; water: string; waterLine: string; building: string; buildingLine: string
  landuse: Record<string, string>
  roads: Record<'motorway' | 'trunk' | 'primary' | 'secondary' | 'tertiary' | 'street' | 'service' | 'track' | 'ferry', string>
  casing: string; bridge: string; district: string
  text: { road: string; place: string; township: string; water: string; halo: string }
}

export const STYLES: Record<StyleName, MapStyle> = {
  dark: {
    land: '#18202d', water: '#0c2137', waterLine: '#1d4262', building: '#242f41', buildingLine: '#303d53',
    landuse: {
      forest: '#162a27', wood: '#162a27', scrub: '#18292a', grass: '#192b2a', grassland: '#192b2a', park: '#173029', meadow: '#192b2a',
      farmland: '#1a2529', farmyard: '#1a2529', orchard: '#182a26', residential: '#1c2535', commercial: '#212639', retail: '#212639',
      industrial: '#25252f', port: '#22262f', harbour: '#22262f', quarry: '#272728', school: '#222a33', hospital: '#2a2531',
      cemetery: '#1a2a29', recreation_ground: '#173029', pitch: '#1a3029', construction: '#252932', beach: '#2f2e2a', sand: '#2f2e2a',
      aquaculture: '#122b3c', salt_pond: '#16303d', wetland: '#142b31', mudflat: '#1a2a30', military: '#272630', railway: '#20242d',
    },
    roads: {
      motorway: '#c08f45', trunk: '#a88348', primary: '#8390a8', secondary: '#65738c', tertiary: '#4e5c74',
      street: '#3b475c', service: '#323d50', track: '#4a5246', ferry: '#2f5f86',
    },
    casing: '#0d131c', bridge: '#aebbd0', district: '#8a8fc4',
    text: { road: '#b6c2d6', place: '#e6edf7', township: '#93a7c8', water: '#5d93c4', halo: '#111823' },
  },
  light: {
    land: '#f3f1ec', water: '#b4d3e8', waterLine: '#8fb9d6', building: '#e0dcd4', buildingLine: '#cbc5ba',
    landuse: {
      forest: '#d3e5cc', wood: '#d3e5cc', scrub: '#dde8d2', grass: '#e0ebd4', grassland: '#e0ebd4', park: '#cfe6c6', meadow: '#e0ebd4',
      farmland: '#eef0de', farmyard: '#eeeadb', orchard: '#dcebcf', residential: '#ebe8e2', commercial: '#efe5e3', retail: '#efe5e3',
      industrial: '#e6e2e8', port: '#e3e2e6', harbour: '#e3e2e6', quarry: '#ddd9d2', school: '#efe9d8', hospital: '#f3e0e0',
      cemetery: '#d9e4d0', recreation_ground: '#cfe6c6', pitch: '#c6e2c0', construction: '#e7e1d3', beach: '#f3e8c6', sand: '#f3e8c6',
      aquaculture: '#c4dde9', salt_pond: '#cfe1e8', wetland: '#cfe3dd', mudflat: '#dcdfd6', military: '#e8dedb', railway: '#e4e1dd',
    },
    roads: {
      motorway: '#e8a63f', trunk: '#f0bd66', primary: '#f8dc94', secondary: '#fdf0c4', tertiary: '#ffffff',
      street: '#ffffff', service: '#fbfaf8', track: '#b5a684', ferry: '#7fa8c8',
    },
    casing: '#c3bbad', bridge: '#6f6a62', district: '#8a6f9a',
    text: { road: '#4d4a44', place: '#23262b', township: '#6d5a80', water: '#3b7299', halo: '#ffffff' },
  },
}
