/** Layers nobody sees in the first picture; loaded when a panel first needs one. */
export { RoadsLayer } from './roads-layer'
export { WayLayer } from './way-layer'
