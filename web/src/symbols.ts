/** One family of symbols: shape and colour say the kind, the glyph says what it is. Data only. */

export type Kind = 'team' | 'shelter' | 'medical' | 'depot' | 'stock' | 'site' | 'mobile' | 'person' | 'supplier' | 'risk'

export interface Badge { shape: string; colour: string; ink: string; glyphScale: number; glyphDy: number }

/** Shapes in a 24 × 24 box. */
export const SHAPES = {
  circle: 'M12 1.5a10.5 10.5 0 1 1 0 21a10.5 10.5 0 0 1 0-21z',
  house: 'M12 1.2L22.5 9v11.5a2 2 0 0 1-2 2h-17a2 2 0 0 1-2-2V9z',
  square: 'M5 2h14a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3z',
  diamond: 'M12 .8L23.2 12 12 23.2.8 12z',
  hexagon: 'M6.5 2h11l5 10-5 10h-11l-5-10z',
  triangle: 'M12 1.5a2 2 0 0 1 1.7 1l9.1 16.5a2 2 0 0 1-1.7 3H2.9a2 2 0 0 1-1.7-3L10.3 2.5A2 2 0 0 1 12 1.5z',
  pill: 'M8 4h8a8 8 0 0 1 0 16H8A8 8 0 0 1 8 4z',
  octagon: 'M7.4 1.5h9.2l5.9 5.9v9.2l-5.9 5.9H7.4L1.5 16.6V7.4z',
} as const

const badge = (shape: keyof typeof SHAPES, colour: string, glyphScale = 0.82, glyphDy = 0): Badge =>
  ({ shape: SHAPES[shape], colour, ink: '#fff', glyphScale, glyphDy })

export const BADGES: Record<Kind, Badge> = {
  team: badge('circle', '#2f7fe6', 0.86),
  shelter: badge('house', '#1c9d68', 0.78, 1.5),
  medical: badge('square', '#d8435a', 0.9),
  depot: badge('hexagon', '#8a63d8', 0.76),
  stock: badge('hexagon', '#6f5aa8', 0.7),
  site: badge('diamond', '#1c8f9e', 0.62),
  mobile: badge('pill', '#3d74a8', 0.72),
  person: badge('circle', '#5a78a0', 0.8),
  supplier: badge('octagon', '#7a6f9e', 0.76),
  risk: { ...badge('triangle', '#e5a01f', 0.58, 3.2), ink: '#241a02' },
}

/** Glyphs in a 16 × 16 box, drawn with the even-odd rule. */
export const GLYPHS = {
  people: 'M5.5 2.5a2.3 2.3 0 1 1 0 4.6a2.3 2.3 0 0 1 0-4.6zM11 3.2a1.9 1.9 0 1 1 0 3.8a1.9 1.9 0 0 1 0-3.8zM.9 13.2C.9 9.8 3 8 5.5 8s4.6 1.8 4.6 5.2zM11.2 13.2c0-2-.5-3.7-1.5-4.8.4-.2.9-.3 1.4-.3 2.3 0 4 1.7 4 5.1z',
  person: 'M8 1.5a3 3 0 1 1 0 6a3 3 0 0 1 0-6zM2.5 14.5c0-4 2.5-6 5.5-6s5.5 2 5.5 6z',
  flame: 'M8.5 1c.5 2.5 4.5 4.6 4.5 8.8A5 5 0 0 1 8 15a5 5 0 0 1-5-5.2c0-2 1-3.3 2.2-4.6.2 1.2.7 1.9 1.4 2.2C6.4 5 7.3 2.6 8.5 1zM8 13.3a2.2 2.2 0 0 0 2.2-2.3c0-1.3-.9-2-1.7-3-.3 1.6-2.7 1.7-2.7 3.4A2.1 2.1 0 0 0 8 13.3z',
  cross: 'M6 2h4v4h4v4h-4v4H6v-4H2V6h4z',
  house: 'M8 2l6.5 5.5h-2V14h-3.2v-4H6.7v4H3.5V7.5h-2z',
  box: 'M2 2.5h12V6H2zM3 7h10v6.5H3zM6 8.3v1.5h4V8.3z',
  flag: 'M3.5 1H5v14H3.5zM6 2h8.5l-2.2 3L14.5 8H6z',
  truck: 'M.8 4h8.4v7H.8zM10 6h3l2.2 2.8V11H10zM4 10.5a1.9 1.9 0 1 1 0 3.8a1.9 1.9 0 0 1 0-3.8zM12 10.5a1.9 1.9 0 1 1 0 3.8a1.9 1.9 0 0 1 0-3.8z',
  wave: 'M1 4.6c2-2 3.3-2 5 0s3 2 5 0 3.3-1.5 4-.3v2.6c-1-1.5-2.2-1.5-4 .3s-3.3 2-5 0-3-2-5 0zM1 9.6c2-2 3.3-2 5 0s3 2 5 0 3.3-1.5 4-.3v2.6c-1-1.5-2.2-1.5-4 .3s-3.3 2-5 0-3-2-5 0z',
  mountain: 'M.8 13.5L6 3.5l3.2 5.3L10.8 6.5l4.4 7z',
  flask: 'M5.5 1.5h5V3h-1v3.8l4 6.2a1 1 0 0 1-.9 1.5H3.4A1 1 0 0 1 2.5 13l4-6.2V3h-1zM5.8 10.5h4.4L8.5 7.5h-1z',
  factory: 'M1 14V8l4-2.5V8l4-2.5V8l1.8-1V2h3.2v12z',
  pick: 'M1.8 5.2c4-3.9 8.4-3.9 12.4 0l-1.2 1C11.5 4.9 10 4.4 8.9 4.3V14.5H7.1V4.3C6 4.4 4.5 4.9 3 6.2z',
  building: 'M2.5 1.5h7V14h-7zM10.5 6h3v8h-3zM4 3.5V5h1.5V3.5zM6.5 3.5V5H8V3.5zM4 6.5V8h1.5V6.5zM6.5 6.5V8H8V6.5zM4 9.5V11h1.5V9.5zM6.5 9.5V11H8V9.5z',
  crane: 'M2 2h12.5v1.7H6.3V14.5H3.7V3.7H2zM11 4h1.2v4.2H14v2H9.2v-2H11z',
  road: 'M5.2 1h2V4h1.6V1h2L14.5 15H9.3v-3H6.7v3H1.5zM7 6v4h2V6z',
  bolt: 'M9.5.8L2.8 9.2h4L5.8 15.2l7.4-9H8.8z',
  gauge: 'M8 2.5A6.5 6.5 0 0 1 14.5 9v3.5h-13V9A6.5 6.5 0 0 1 8 2.5zM11.5 5.2L7.4 8.3a1.2 1.2 0 1 0 1.5 1.5z',
  fish: 'M1 8c2.6-4 7.6-4 10.3-.3L14.8 5v6L11.3 8.3C8.6 12 3.6 12 1 8zM4.3 6.5v1.3h1.3V6.5z',
  radio: 'M7.2 7.2h1.6V15H7.2zM8 3.6a1.5 1.5 0 1 1 0 3a1.5 1.5 0 0 1 0-3zM4.1 1l1.1 1.1a4.2 4.2 0 0 0 0 5.9L4.1 9.1a5.7 5.7 0 0 1 0-8.1zM11.9 1l-1.1 1.1a4.2 4.2 0 0 1 0 5.9l1.1 1.1a5.7 5.7 0 0 0 0-8.1z',
  drop: 'M8 1.2c3 4.1 4.7 6.3 4.7 8.8a4.7 4.7 0 0 1-9.4 0C3.3 7.5 5 5.3 8 1.2z',
  boat: 'M1.5 9.5h13l-2.3 4H3.8zM7.2 1.5h1.5v7H7.2zM9.5 3l4 5.5h-4z',
  plane: 'M7 1.5a1 1 0 0 1 2 0V6.5l6 3.5v1.5L9 10v3l2 1.3v1.2l-3-.8-3 .8v-1.2L7 13v-3l-6 1.5V10l6-3.5z',
  tool: 'M10.6 1.4a4 4 0 0 1 3.8.3L11.9 4.2l.3 1 1 .3 2.1-2.4A4 4 0 0 1 10 8L4.7 13.9a1.8 1.8 0 0 1-2.6-2.6L8 6a4 4 0 0 1 2.6-4.6z',
  cap: 'M8 2l7.5 3.5L8 9 .5 5.5zM3.5 8l4.5 2.1L12.5 8v3.3c-2.3 2.2-6.7 2.2-9 0z',
  tree: 'M8 .8l4.3 5h-2l3.2 4h-2.4l2.4 3.2H9V15.2H7V13H2.5l2.4-3.2H2.5l3.2-4h-2z',
  shield: 'M8 1.2l5.8 2v4.3c0 3.6-2.4 6.2-5.8 7.5-3.4-1.3-5.8-3.9-5.8-7.5V3.2z',
  bang: 'M6.7 1.5h2.6L8.9 10H7.1zM8 11.5a1.5 1.5 0 1 1 0 3a1.5 1.5 0 0 1 0-3z',
} as const
export type Glyph = keyof typeof GLYPHS

/** From which code on which glyph holds; codes are ordered as in the catalogue. */
const RESOURCE_GLYPHS: readonly (readonly [number, Glyph])[] = [
  [1, 'flag'], [8, 'shield'], [9, 'flame'], [10, 'cross'], [11, 'wave'], [12, 'person'],
  [13, 'people'], [16, 'flame'], [21, 'flag'], [22, 'tree'], [24, 'wave'], [28, 'mountain'], [29, 'building'],
  [30, 'flask'], [31, 'pick'], [32, 'flask'], [35, 'cross'], [38, 'bolt'], [39, 'radio'], [40, 'flame'],
  [41, 'drop'], [42, 'road'], [43, 'building'], [44, 'mountain'], [45, 'people'], [46, 'shield'],
  [47, 'cap'], [55, 'cross'], [71, 'house'], [82, 'boat'], [83, 'house'], [86, 'people'], [87, 'road'], [88, 'drop'],
  [89, 'box'], [94, 'wave'], [95, 'tree'], [96, 'cross'], [97, 'box'], [115, 'tool'], [125, 'wave'], [133, 'tool'],
  [134, 'drop'], [135, 'flame'], [139, 'tree'], [140, 'flask'], [141, 'bolt'], [143, 'tool'], [150, 'road'],
  [151, 'mountain'], [154, 'tool'], [157, 'flame'], [164, 'tree'], [165, 'cross'], [166, 'flag'], [167, 'radio'],
  [168, 'bolt'], [169, 'wave'], [170, 'truck'], [174, 'boat'], [175, 'plane'], [177, 'radio'], [191, 'plane'],
  [192, 'boat'], [193, 'truck'], [194, 'flame'], [195, 'drop'], [198, 'road'], [199, 'tree'],
]
const RISK_GLYPHS: readonly (readonly [number, Glyph])[] = [
  [1, 'flask'], [5, 'flame'], [12, 'bang'], [14, 'factory'], [22, 'boat'], [23, 'factory'], [26, 'bolt'],
  [27, 'pick'], [31, 'building'], [34, 'cap'], [36, 'people'], [37, 'cross'], [38, 'building'], [43, 'mountain'],
  [44, 'house'], [45, 'box'], [46, 'bolt'], [47, 'crane'], [51, 'house'], [53, 'building'], [54, 'mountain'],
  [55, 'road'], [59, 'truck'], [62, 'boat'], [65, 'truck'], [67, 'flame'], [68, 'drop'], [70, 'road'], [72, 'bolt'],
  [73, 'radio'], [74, 'factory'], [75, 'drop'], [76, 'road'], [77, 'people'], [78, 'flame'], [79, 'radio'],
  [80, 'gauge'], [84, 'mountain'], [86, 'wave'], [92, 'tree'], [93, 'mountain'], [94, 'wave'], [97, 'fish'],
  [98, 'drop'], [99, 'bang'], [100, 'flask'],
]

export function glyphOf(code: string): Glyph {
  const table = code.startsWith('R') ? RISK_GLYPHS : RESOURCE_GLYPHS
  const number = Number(code.slice(1))
  let glyph: Glyph = 'bang'
  for (const [from, name] of table) if (number >= from) glyph = name
  return glyph
}

/** The kind a symbol shows: medical places stand apart from other sites. */
export function kindOf(code: string, kind: string | undefined): Kind {
  if (code.startsWith('R')) return 'risk'
  const number = Number(code.slice(1))
  if (number >= 55 && number <= 70 && kind !== 'stock') return 'medical'
  return kind !== undefined && kind in BADGES ? (kind as Kind) : 'site'
}

/** What is on when the page opens: brigades and stations, shelters, hospitals, depots, command. */
export const DEFAULT_ON: readonly string[] = [
  'S001', 'S013', 'S014', 'S016', 'S017', 'S018', 'S021', 'S022', 'S055', 'S056',
  'S072', 'S073', 'S074', 'S075', 'S076', 'S077', 'S078', 'S083', 'S089', 'S090', 'S094', 'S095', 'S096',
]
