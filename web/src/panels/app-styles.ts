import { css } from 'lit'

export const appStyles = css`
  :host { position: fixed; inset: 0; pointer-events: none; z-index: 10; --gap: 0.8rem; --bar: 3.9rem; --foot: 2rem; --rail: 5rem; --side: 31.5rem; }
  :host > * { pointer-events: auto; }
  .top { position: absolute; left: 0; right: 0; top: 0; height: var(--bar); display: flex; align-items: center; gap: 1.1rem; padding: 0 1.2rem; background: var(--panel); border-bottom: 1px solid var(--line); }
  .brand { display: flex; align-items: baseline; gap: 0.8rem; white-space: nowrap; }
  .brand b { font-size: 1.55rem; letter-spacing: 0.04em; } .brand span { font-size: 1.15rem; color: var(--soft); }
  .synthetic { border: 0.1rem solid var(--warn); color: var(--warn); font-weight: 700; padding: 0.15rem 0.7rem; border-radius: 0.35rem; white-space: nowrap; letter-spacing: 0.1em; }
  om-search { width: 27rem; flex: 0 1 auto; min-width: 10rem; }
  .link { display: flex; align-items: center; gap: 0.5rem; color: var(--good); white-space: nowrap; }
  .link i { width: 0.6rem; height: 0.6rem; border-radius: 50%; background: currentColor; }
  .link.lost { color: #fff; background: var(--report); border-radius: var(--radius); padding: 0.3rem 0.9rem; line-height: 1.25; font-size: 0.92rem; }
  .switch { padding: 0 0.4rem; white-space: nowrap; }
  .time { text-align: right; white-space: nowrap; line-height: 1.15; }
  .time b { display: block; font-size: 1.75rem; font-weight: 600; } .time span { color: var(--soft); font-size: 0.88rem; }
  .time em { color: var(--warn); font-style: normal; }
  .rail { position: absolute; left: 0; top: var(--bar); bottom: var(--foot); width: var(--rail); background: var(--panel); border-right: 1px solid var(--line); display: flex; flex-direction: column; gap: 0.35rem; padding: 0.5rem 0.4rem; }
  .rail button { flex-direction: column; gap: 0.2rem; min-height: 4.1rem; padding: 0.2rem; border-color: transparent; background: none; font-size: 0.9rem; position: relative; }
  .rail button.danger { background: var(--report); min-height: 4.6rem; margin-bottom: 0.4rem; }
  .rail .icon { width: 1.55rem; height: 1.55rem; }
  .rail button[aria-pressed='true'] { background: color-mix(in srgb, var(--accent) 22%, transparent); color: var(--accent); }
  .rail em { position: absolute; top: 0.2rem; right: 0.4rem; font-style: normal; font-size: 0.78rem; min-width: 1.3rem; line-height: 1.3rem; border-radius: 0.7rem; background: var(--bad); color: #fff; text-align: center; }
  .drawer, .panel { position: absolute; top: calc(var(--bar) + var(--gap)); bottom: calc(var(--foot) + var(--gap)); display: flex; flex-direction: column; overflow: hidden; }
  .drawer { left: calc(var(--rail) + var(--gap)); width: 23rem; z-index: 2; }
  .panel { right: var(--gap); width: var(--side); }
  .panel.place, .panel.reach { bottom: auto; max-height: calc(100% - var(--bar) - var(--foot) - 2 * var(--gap)); }
  .dock { position: absolute; left: calc(var(--rail) + var(--gap)); right: calc(var(--side) + 2 * var(--gap)); bottom: calc(var(--foot) + var(--gap)); padding: 0.7rem 1.1rem; max-height: 16rem; overflow: hidden; }
  .dock.beside { left: calc(var(--rail) + 23rem + 2 * var(--gap)); }
  .status { position: absolute; left: 0; right: 0; bottom: 0; height: var(--foot); display: flex; align-items: center; gap: 1.6rem; padding: 0 1.2rem; justify-content: flex-end; font-size: 0.86rem; color: var(--soft); background: var(--panel); border-top: 1px solid var(--line); }
  .zoom { position: absolute; left: calc(var(--rail) + var(--gap)); top: calc(var(--bar) + var(--gap)); display: grid; }
  .zoom button { width: var(--touch); padding: 0; background: var(--panel); border-radius: 0; margin-top: -1px; }
  .zoom button:first-child { border-radius: var(--radius) var(--radius) 0 0; } .zoom button:last-child { border-radius: 0 0 var(--radius) var(--radius); }
  .legend { position: absolute; left: calc(var(--rail) + var(--gap)); top: calc(var(--bar) + 2 * var(--gap) + 3 * var(--touch)); max-height: calc(100% - var(--bar) - var(--foot) - 3 * var(--gap) - 3 * var(--touch)); }
  .picking { position: absolute; left: 50%; top: calc(var(--bar) + var(--gap)); transform: translateX(-50%); display: flex; gap: 0.8rem; align-items: center; padding: 0.5rem 0.6rem 0.5rem 1.2rem; font-size: 1.15rem; font-weight: 600; border-color: var(--accent); z-index: 3; max-width: calc(100% - 2rem); }
  .picking .icon { color: var(--bad); } .picking button { flex: none; white-space: nowrap; }
  .notices { position: absolute; left: 50%; top: calc(var(--bar) + var(--gap)); transform: translateX(-50%); display: grid; gap: 0.5rem; z-index: 6; width: min(36rem, 90vw); pointer-events: none; }
  .notice { display: flex; gap: 0.8rem; align-items: center; padding: 0.4rem 0.3rem 0.4rem 1rem; pointer-events: auto; }
  .notice.bad { border-color: var(--bad); } .notice.bad > .icon { color: var(--bad); } .notice.good > .icon { color: var(--good); }
  .notice > .icon { width: 1.4rem; height: 1.4rem; }
  .menu { position: absolute; display: grid; padding: 0.3rem; min-width: 15rem; z-index: 7; }
  .menu button { border-color: transparent; background: none; justify-content: flex-start; } .menu button:hover { background: var(--raised); }
  .watermark { position: absolute; inset: 0; overflow: hidden; display: grid; grid-template-columns: repeat(4, 1fr); place-items: center; pointer-events: none !important; }
  .watermark span { transform: rotate(-24deg); font-size: 2.2rem; font-weight: 700; letter-spacing: 0.3em; color: var(--mark); white-space: nowrap; }
  @media (max-width: 1599px) { .dock { display: none; } }
  @media (min-width: 1600px) { .legend { max-height: calc(100% - var(--bar) - var(--foot) - 4 * var(--gap) - 3 * var(--touch) - 15.6rem); } }
  /* On a tablet the map must be seen while a place on it is pointed out. */
  @media (max-width: 1199px) {
    .stepped-aside { visibility: hidden; }
    :host { --side: 29rem; --rail: 4.6rem; }
    om-search { width: 15rem; } .top { gap: 0.7rem; padding: 0 0.8rem; } .brand span, .time span { display: none; } .time b { font-size: 1.4rem; }
    .drawer { width: 21rem; }
  }
  @media (max-width: 760px) {
    .brand, .switch, .link:not(.lost) { display: none; }
    .panel, .drawer { left: 0.5rem; right: 0.5rem; width: auto; top: auto; bottom: 0.5rem; height: 58vh; z-index: 4; }
    .rail { top: auto; bottom: 0; width: 100%; height: 4.4rem; flex-direction: row; border-right: 0; border-top: 1px solid var(--line); } .rail button { flex: 1; min-height: 0; margin: 0 !important; }
    .status, .zoom { display: none; }
  }
`
