import { css } from 'lit'

export const planStyles = css`
  :host { display: contents; }
  .body { padding: 0 1.1rem 1.2rem; }
  .top { padding: 0.9rem 1.1rem 0.8rem; border-bottom: 1px solid var(--line); }
  .verdict { display: flex; align-items: center; gap: 0.7rem; font-size: 1.85rem; font-weight: 800; line-height: 1.15; }
  .verdict .icon { width: 2.1rem; height: 2.1rem; }
  .clock { margin-left: auto; font-size: 1.7rem; font-weight: 600; color: var(--text); }
  .what { font-size: 1.12rem; font-weight: 600; padding-top: 0.35rem; }
  .tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0.5rem; padding-top: 0.75rem; }
  .tile { background: var(--raised); border-radius: var(--radius); padding: 0.45rem 0.6rem; min-width: 0; }
  .tile b { display: block; font: 700 1.5rem/1.2 var(--digits); font-variant-numeric: tabular-nums; white-space: nowrap; }
  .tile span { font-size: 0.82rem; color: var(--soft); white-space: nowrap; }
  .fails { padding-top: 0.6rem; display: grid; gap: 0.25rem; }
  .note { border-radius: var(--radius); border: 1px solid currentColor; padding: 0.55rem 0.8rem; margin-top: 0.8rem; background: color-mix(in srgb, currentColor 9%, transparent); }
  .note > b { display: flex; gap: 0.45rem; align-items: center; }
  .note li { color: var(--text); padding-top: 0.2rem; display: flex; gap: 0.5rem; }
  .note li .icon { margin-top: 0.28em; width: 0.8em; height: 0.8em; }
  .facts { font-size: 0.95rem; color: var(--soft); }
  .two-lines { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
  .note summary { cursor: pointer; padding-top: 0.25rem; }
  .duty { max-width: 55%; text-align: right; font-size: 0.9rem; }
  .fails li { display: flex; gap: 0.45rem; } .fails .icon { margin-top: 0.2em; }
  .changes { color: var(--accent); }
  section { padding-top: 1.15rem; scroll-margin-top: 0.5rem; }
  section > header { display: flex; align-items: center; gap: 0.55rem; padding-bottom: 0.4rem; min-height: 2rem; }
  section > header h3 { font-size: 1.12rem; }
  .eye { min-height: max(2rem, 32px); padding: 0 0.6rem; gap: 0.4rem; font-size: 0.82rem; color: var(--soft); margin-left: auto; }
  .eye[aria-pressed='true'] { color: var(--text); border-color: currentColor; }
  .swatch { width: 1.5rem; height: 0.3rem; border-radius: 0.15rem; }
  .cap { display: flex; align-items: baseline; gap: 0.6rem; padding: 0.55rem 0 0.15rem; font-weight: 600; }
  .item { display: flex; align-items: center; gap: 0.7rem; padding: 0.4rem 0.45rem; margin: 0 -0.45rem; border-radius: var(--radius); min-height: var(--touch); border-top: 1px solid var(--line); }
  .item[tabindex] { cursor: pointer; }
  .item[tabindex]:hover, .item.bright { background: color-mix(in srgb, var(--accent) 18%, transparent); }
  .item > .icon { width: 1.7rem; }
  .named { display: flex; align-items: baseline; gap: 0.5rem; }
  .item .name { font-weight: 500; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .age, .rests { font-size: 0.82rem; color: var(--faint); white-space: nowrap; } .rests { padding-bottom: 0.35rem; margin-top: -0.35rem; white-space: normal; }
  .item .faint { line-height: 1.3; overflow-wrap: anywhere; }
  .eta { font: 700 1.45rem/1 var(--digits); font-variant-numeric: tabular-nums; white-space: nowrap; text-align: right; }
  .eta small { font: 500 0.8rem var(--font); color: var(--soft); }
  .order { color: var(--accent); } .request { color: var(--warn); border-style: dashed; }
  .post { background: var(--raised); border-radius: var(--radius); padding: 0.6rem 0.85rem; margin-top: 0.4rem; cursor: pointer; }
  .post.bright { outline: 0.13rem solid var(--accent); }
  .post .line { display: flex; align-items: center; gap: 0.6rem; }
  .scores { display: grid; grid-template-columns: max-content 5rem 2.6rem 1fr; gap: 0.15rem 0.7rem; align-items: center; padding-top: 0.45rem; font-size: 0.88rem; }
  .scores meter { width: 100%; height: 0.55rem; }
  .scores .why { color: var(--soft); line-height: 1.3; }
  meter { appearance: none; border: 0; background: var(--line); border-radius: 0.3rem; }
  meter::-webkit-meter-bar { background: var(--line); border: 0; border-radius: 0.3rem; height: 0.5rem; }
  meter::-webkit-meter-optimum-value { background: var(--accent); border-radius: 0.3rem; }
  meter::-moz-meter-bar { background: var(--accent); border-radius: 0.3rem; }
  .gaps td.short { color: var(--bad); font-weight: 700; }
  .gaps td { white-space: nowrap; } .gaps td:first-child { white-space: normal; }
  .mark { font-size: 0.72rem; color: var(--faint); border: 1px solid var(--line); border-radius: 0.2rem; padding: 0 0.25rem; }
  nav { display: flex; gap: 0.35rem; overflow-x: auto; padding: 0.45rem 1.1rem; border-bottom: 1px solid var(--line); scrollbar-width: none; flex: none; mask-image: linear-gradient(90deg, #000 calc(100% - 3rem), transparent); }
  nav button { min-height: max(2.2rem, 40px); padding: 0 0.7rem; white-space: nowrap; background: none; color: var(--soft); font-size: 0.92rem; flex: none; }
  .actions { display: flex; gap: 0.6rem; padding: 0.7rem 1.1rem; border-top: 1px solid var(--line); flex: none; }
  a.button { color: var(--accent); align-self: center; padding: 0.6rem; }
`
