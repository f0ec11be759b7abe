/** The keys of one language with the texts of another. Chinese has no singular, so its plurals need no `_one`. */
export type Translation<Texts> = {
  readonly [Key in keyof Texts as Key extends `${string}_one` ? never : Key]: Texts[Key] extends string
    ? string
    : Translation<Texts[Key]>
}
