/** JSON in text columns. What we wrote is trusted to have the shape that we wrote. */
export const toJson = (value: unknown): string => JSON.stringify(value)
export const fromJson = <Value>(text: string): Value => JSON.parse(text) as Value
