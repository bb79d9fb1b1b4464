/** What the server says over HTTP. Units are in the names; null is "not known", never 0. */

export type LonLat = [number, number]
export interface Geometry { type: string; coordinates: unknown }
export interface Feature<P> { type: 'Feature'; geometry: Geometry; properties: P }
export interface Features<P> { type: 'FeatureCollection'; features: Feature<P>[]; truncated?: boolean }

export interface Dataset {
  source: string; title: string; kind?: string; synthetic: boolean; rows: number | null
  updated_at: string | null; loaded_at: string | null
}
export interface Health {
  status: string; now: string; version: string; synthetic: boolean
  clock?: string // "demo": the story's own time, not now
  roads: { version: string; nodes: number; edges: number; km: number; source: string; updated_at: string | null } | null
  datasets: Dataset[]
}
export interface Area { name: string; bounds: [number, number, number, number]; centre: LonLat; synthetic: boolean }

export interface Category { code: string; name_zh: string; name_en: string; geometry: string; count: number; kind?: string }
export interface CategoryGroup { group_zh: string; group_en: string; categories: Category[] }
export interface Categories { risk: CategoryGroup[]; resource: CategoryGroup[] }
export interface EventType { code: string; name_zh: string; name_en: string; class_zh: string; subtype_zh: string; playbook: boolean }
export interface Layers { base: { version: string; url: string; minzoom: number; maxzoom: number } }

export interface PlaceProperties { id: string; category: string; kind: string; name: string; status?: string | null; people?: number | null }
export interface Place {
  id: string; category: string; category_zh: string; kind: string; name: string; lon: number; lat: number
  address: string | null; contact: string | null; phone: string | null; status: string | null
  members: number | null; capacity: number | null; occupied: number | null; people: number | null
  attributes: Record<string, unknown>; source: string; updated_at: string | null; synthetic: boolean
  township: string | null
}
export interface Found { type: string; id: string; name: string; detail: string; lon: number; lat: number; category: string | null }

export interface IncidentReport {
  id: string; event_type: string; lon: number; lat: number; title?: string
  casualties?: number; trapped?: number; wind_from_deg?: number; wind_mps?: number
}
export interface Incident {
  id: string; event_type: string; lon: number; lat: number; title: string; reported_at: string
  status?: string; township?: string | null
}

/** Where: a drawn area or line, a whole road by name or number, or a bridge by name. */
export interface ClosureRequest {
  id: string; geometry?: Geometry; road?: string; bridge?: string; name: string; cause: string
  depth_m?: number; speed_factor?: number
}
export interface Closure {
  id: string; name: string; cause: string; depth_m: number | null; geometry: Geometry | null
  stretches?: Geometry | null; km?: number; unknowns?: Unknown[]
  edges: string[]; roads?: string[]; speed_factor?: number | null; reported_at?: string | null; valid_from?: string | null; valid_to?: string | null
  lifted_at?: string | null
}

export interface NearestRow {
  id: string; name: string; kind: string; category: string; lon: number; lat: number
  turnout_s: number; road_s: number | null; eta_s: number | null
  distance_m: number | null; straight_m: number; why: Why | null
  source: string; updated_at: string | null
}
export type Why = 'unreachable' | 'no_road_data'
export interface Nearest { resources: NearestRow[]; unknowns: Unknown[] }

export interface Instruction { text: string; distance_m: number; duration_s: number | null; at: LonLat | null }
/** A planning range unless its basis says that speeds were measured. */
export interface Eta { eta_s: number; low_s: number; high_s: number; basis: 'planning' | 'partly_measured' | 'measured' }
export interface Way {
  distance_m: number | null; road_s: number | null; eta: Eta | null; instructions: Instruction[]; geometry: Geometry | null
}
/** `without`: a road of the quickest way that this one does without; `shared`: how much they have in common. */
export interface OtherWay extends Way { without: string; extra_s: number; shared: number }
export interface RouteReason { kind: 'no_road_data' | 'avoided' | 'closed' | 'no_way'; at?: ('from' | 'to')[]; closures?: { id: string; name: string; cause: string }[] }
export interface RouteAnswer extends Way {
  profile: string; why: Why | null; reason: RouteReason | null
  alternatives: OtherWay[]; only: string[]
}

/** Of people, or of places of one kind: how many in all, and what becomes of them. */
export interface LossSum { all: number; cut_off: number; uncovered: number; later: number; worst_s: number | null; without: number; no_road_data: number }
export interface Loss {
  edges: number; people: LossSum | null; places: Record<string, LossSum>
  ways_round: { road: string; length_m: number; before_s: number | null; after_s: number | null; extra_s: number | null }[]
  basis: { profile: string; services: number }; unknowns: Unknown[]
}
export interface CriticalRoad {
  rank: number; kind: 'bridge' | 'tunnel' | 'road'; name: string; from: string | null; to: string | null; township: string | null; lon: number; lat: number; cut_off: number | null
  uncovered: number | null; later: number | null; eta_loss_s: number | null; cover_lost: number | null; people_minutes: number | null
  places_cut_off: Record<string, number>
}
export interface Critical extends Features<CriticalRoad> { basis: { considered: number; of: number; services: number }; unknowns: Unknown[] }
export interface MissingSpot { kind: 'people' | 'village' | 'place'; name: string | null; township: string | null; people: number | null; metres: number | null }
export interface MissingTownship { name: string | null; villages: string[] | null; people: number | null; places: string[] | null; farthest_m: number | null }
export interface Missing extends Features<MissingSpot> { townships: MissingTownship[]; basis: { limit_m: number }; unknowns: Unknown[] }

export interface CoverageRow {
  name: string; people: number | null; foot: number | null; foot_share: number | null
  vehicle: number | null; vehicle_share: number | null
}
export interface Coverage { minutes: number; districts: CoverageRow[]; total: Omit<CoverageRow, 'name'>; unknowns: Unknown[] }

export interface Unknown { what: string; detail_zh: string; detail_en: string; subjects: string[] }
export type FeasibleState = 'on_time' | 'at_risk' | 'cannot'
export interface Zone {
  name: string; name_zh: string; name_en: string; radius_m: number | null; geometry: Geometry
  people_day: number | null; people_night: number | null; mark: string; source: string
}
export interface Exposed {
  id: string; category: string; category_zh: string; category_en?: string; name: string; lon: number; lat: number
  distance_m: number; people: number | null; phone: string | null
}
export interface Score {
  criterion: string; criterion_zh: string; criterion_en?: string; points: number; max: number
  reason_zh: string; reason_en?: string; mark: string
}
export interface Post {
  id: string; name: string; lon: number; lat: number; score: number; scores: Score[]
  squad: { id: string; name: string; eta_s: number | null } | null
  setup_s: number; ready_s: number | null; ways_out: number | null; route: string | null
  relaxed_zh?: string | null; relaxed_en?: string | null
}
export interface Assigned {
  resource_id: string; name: string; category: string; category_zh: string; kind: string; lon: number; lat: number
  members: number | null; turnout_s: number; road_s: number | null; eta_s: number | null; distance_m: number | null
  straight_m: number; route: string | null; authority: 'order' | 'request'; channel_zh: string | null; channel_en?: string | null
  phone: string | null; source: string; updated_at: string | null
}
export interface Force {
  capability: string; capability_zh: string; capability_en?: string; needed: number; short: number
  assigned: Assigned[]; unreachable: { resource_id: string; name: string; why: Why }[]
  unavailable?: { resource_id: string; name: string; status: string | null }[]
}
export interface Hospital {
  id: string; name: string; lon: number; lat: number; category: string; category_zh: string; beds: number | null
  road_s: number | null; distance_m: number | null; route: string | null; phone: string | null
}
export interface Shelter {
  id: string; name: string; lon: number; lat: number; capacity: number | null; free: number | null; assigned: number
  mode: 'foot' | 'bus'; road_s: number | null; distance_m: number | null; route: string | null; phone: string | null
}
export interface Task {
  task: string; task_zh: string; task_en: string; owner_zh: string; owner_en?: string; start_s: number | null; deadline_s: number | null
  finish_s: number | null; depends: string[]; slack_s: number | null; critical: boolean; late_s: number | null
}
export interface Supply {
  category: string; name_zh: string; name_en?: string; unit: string; needed: number; short: number
  assigned: { place_id: string; name: string; quantity: number; eta_s: number | null; route: string | null }[]
}
export interface PlanRoute {
  id: string; kind: RouteKind; resource_id: string; geometry: LonLat[]; distance_m: number; road_s: number
  steps: { road: string; road_class: string; distance_m: number; duration_s: number }[]
}
export type RouteKind = 'force' | 'post' | 'medical' | 'evacuation' | 'supply'
export interface ControlPoint { lon: number; lat: number; road: string; edge: string; action: 'close' | 'inbound' | 'outbound'; reason_zh: string; reason_en?: string }
export interface Gap { minute: number; capability: string; capability_zh: string; capability_en?: string; needed: number; arrived: number; short: number }

export interface Plan {
  id: string; version: number; created_at: string
  playbook: { code: string; name_zh: string; name_en: string; version: string; source: string }
  incident: {
    id: string; event_type: string; event_type_zh: string; event_type_en: string; lon: number; lat: number
    reported_at: string; title: string; township: string | null; synthetic: boolean
    casualties?: number | null; trapped?: number | null; wind_from_deg?: number | null; wind_mps?: number | null
  }
  feasible: {
    state: FeasibleState; post_ready_s: number | null; first_force_s: number | null; limit_s: number
    fails: { step: string; late_s: number | null; reason_zh: string; reason_en: string }[]
  }
  zones: Zone[]
  people: { day: number | null; night: number | null; source: string; updated_at: string | null } | null
  exposed: { risks: Exposed[]; vulnerable: Exposed[] }
  forward_command_post: {
    primary: Post | null; alternate: Post | null
    excluded: { id: string; name: string; lon: number; lat: number; reason_zh: string; reason_en?: string }[]
    move_trigger_zh: string; move_trigger_en?: string
  }
  forces: Force[]
  medical: { hospitals: Hospital[] }
  evacuation: {
    people: number | null; assigned: number | null; overflow: number | null; shelters: Shelter[]
    groups: { lon: number; lat: number; people: number; shelter_id: string | null; mode: string; duration_s: number | null }[]
    clearance_s: number | null; overflow_why_zh?: string | null; overflow_why_en?: string | null
  }
  traffic_control: ControlPoint[]
  supplies: Supply[]
  organisation?: { name_zh: string; name_en: string; lead_zh: string; lead_en: string; duty_zh: string; duty_en: string }[]
  minute_table: Task[]
  gaps: Gap[]
  unknowns: Unknown[]
  routes: PlanRoute[]
  parameters: { key: string; value: number; unit: string; mark: string; source: string }[]
  sources: { source: string; title?: string; kind?: string; updated_at: string | null; synthetic: boolean }[]
}
