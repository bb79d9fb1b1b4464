/** The words of the page in one place each; `say` fills in the figures. */
import { zhCN } from './zh-CN'

export type WordKey = keyof typeof zhCN
export type Words = Record<WordKey, string>
export type Lang = 'zh-CN' | 'en'
export type Say = (key: WordKey, values?: Record<string, string | number>) => string

const CATALOGUES: Partial<Record<Lang, Words>> = { 'zh-CN': zhCN }

/** Brings the words of a language; Chinese is always there. */
export async function load(lang: Lang): Promise<void> {
  if (lang === 'en') CATALOGUES.en ??= (await import('./en')).en
}

/** A function that says a word in one language that was loaded, `{name}` replaced by `values.name`. */
export function sayIn(lang: Lang): Say {
  const words = CATALOGUES[lang] ?? zhCN
  return (key, values) => {
    const word = words[key]
    return values ? word.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : word
  }
}

/** `name` of a value that carries it in both languages; Chinese where English is missing. */
export function both(value: object, name: string, lang: Lang): string {
  const held = value as Record<string, unknown>
  return String((lang === 'en' ? held[`${name}_en`] : undefined) ?? held[`${name}_zh`] ?? '')
}

/** A word whose key is only known at run time (a status, a kind); the raw value when there is none. */
export function sayCode(say: Say, area: string, code: string): string {
  const key = `${area}.${code}`
  return key in zhCN ? say(key as WordKey) : code
}
