/** Small pieces the panels share: icons, symbols, one style sheet, a way to place bars. */
import { css, html, nothing, svg, type TemplateResult } from 'lit'
import { directive, Directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js'
import { ICONS, type Icon } from '../icons'
import { BADGES, GLYPHS, glyphOf, kindOf, type Glyph, type Kind } from '../symbols'

export const icon = (name: Icon): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${ICONS[name]} fill="currentColor" fill-rule="evenodd"></path></svg>`

export function badge(kind: Kind, glyph: Glyph | null): TemplateResult {
  const b = BADGES[kind]
  const scale = b.glyphScale
  const move = `translate(${12 - 8 * scale} ${12 + b.glyphDy - 8 * scale}) scale(${scale})`
  return html`<svg class="badge" viewBox="-1 -1 26 26" aria-hidden="true">
    <path d=${b.shape} fill=${b.colour} stroke="#fff" stroke-width="1.3"></path>
    ${glyph ? svg`<path d=${GLYPHS[glyph]} transform=${move} fill=${b.ink} fill-rule="evenodd"></path>` : nothing}
  </svg>`
}

export const symbol = (code: string, kind?: string): TemplateResult => badge(kindOf(code, kind), glyphOf(code))

/** Sets style properties of an element from script, which a strict content policy allows. */
class Placed extends Directive {
  constructor(part: PartInfo) {
    super(part)
    if (part.type !== PartType.ELEMENT) throw new Error('placed() belongs on an element')
  }
  override update(part: ElementPart, [properties]: [Record<string, string>]): void {
    for (const [name, value] of Object.entries(properties)) (part.element as HTMLElement).style.setProperty(name, value)
  }
  render(_properties: Record<string, string>): void {}
}
export const placed = directive(Placed)

export const shared = css`
  :host { font-family: var(--font); color: var(--text); font-size: 1rem; line-height: 1.4; }
  * { box-sizing: border-box; }
  h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  h2 { font-size: 1.2rem; font-weight: 700; }
  h3 { font-size: 1rem; font-weight: 700; }
  .icon { width: 1.1em; height: 1.1em; flex: none; vertical-align: -0.15em; }
  .badge { width: 1.7rem; height: 1.7rem; flex: none; }
  button, input, select { font: inherit; color: inherit; }
  button { cursor: pointer; border: 1px solid var(--line); background: var(--raised); border-radius: var(--radius); min-height: var(--touch); padding: 0 0.9rem; display: inline-flex; align-items: center; justify-content: center; gap: 0.45rem; }
  button:hover { border-color: var(--accent); }
  button:disabled { opacity: 0.55; cursor: default; }
  button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 700; }
  button.danger { background: var(--report); border-color: var(--report); color: #fff; font-weight: 700; }
  button.bare { background: none; border-color: transparent; padding: 0; min-width: var(--touch); color: var(--soft); }
  :focus-visible { outline: 0.17rem solid var(--accent); outline-offset: 0.1rem; }
  input, select { width: 100%; min-height: var(--touch); background: var(--raised); border: 1px solid var(--line); border-radius: var(--radius); padding: 0 0.75rem; }
  input[type='checkbox'] { width: 1.25rem; height: 1.25rem; min-height: 0; accent-color: var(--accent); margin: 0; flex: none; }
  input::placeholder { color: var(--faint); }
  label > span { display: block; font-size: 0.86rem; color: var(--soft); margin-bottom: 0.2rem; }
  .soft { color: var(--soft); }
  .faint { color: var(--faint); font-size: 0.86rem; }
  .num { font-family: var(--digits); font-variant-numeric: tabular-nums; }
  .good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
  .row { display: flex; align-items: center; gap: 0.6rem; }
  .grow { flex: 1; min-width: 0; }
  .cut { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .tag { display: inline-flex; align-items: center; gap: 0.25rem; font-size: 0.8rem; line-height: 1.5; padding: 0 0.45rem; border-radius: 0.3rem; border: 1px solid currentColor; white-space: nowrap; }
  .empty { color: var(--soft); padding: 0.8rem 0; }
  .sheet { background: var(--panel); border: 1px solid var(--line); border-radius: 0.75rem; box-shadow: var(--shadow); }
  .head { display: flex; align-items: center; gap: 0.6rem; padding: 0.35rem 0.4rem 0.35rem 1.1rem; border-bottom: 1px solid var(--line); min-height: 3.2rem; }
  .body { padding: 0.9rem 1.1rem; overflow-y: auto; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
  table { width: 100%; border-collapse: collapse; font-size: 0.94rem; }
  th { text-align: left; font-weight: 500; color: var(--soft); font-size: 0.84rem; }
  th, td { padding: 0.4rem 0.35rem; border-bottom: 1px solid var(--line); }
  .right { text-align: right; }
  .skip { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`
