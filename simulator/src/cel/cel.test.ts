import { describe, expect, test } from 'vitest'
import { CostLimitError } from './effort.js'
import { estimateCost } from './estimate.js'
import { evaluate } from './evaluate.js'
import { authorizerValue } from './functions/authorizer.js'
import { fromJson, toJson } from './json.js'
import { CompileError, Environment } from './program.js'
import { type CelType, DYN, formatType, parseType } from './types.js'
import { EvaluationError, type Value } from './values.js'

const SELF: CelType = {
  kind: 'object',
  name: 'Self',
  fields: {
    replicas: { kind: 'int' },
    name: { kind: 'string', most: 40 },
    tags: { kind: 'list', item: { kind: 'string', most: 40 }, most: 10 },
    labels: { kind: 'map', key: { kind: 'string' }, value: { kind: 'string', most: 100 }, most: 20 },
    nested: { kind: 'object', name: 'Self.nested', fields: { on: { kind: 'bool' } } },
  },
}
const environment = new Environment([
  ['self', SELF],
  ['any', DYN],
  ['authorizer', parseType('kubernetes.authorization.Authorizer')],
])
const self = fromJson({ replicas: 3, name: 'web', tags: ['b', 'a'], labels: { app: 'web', tier: 'front' }, nested: { on: true } })
const any = fromJson({ port: 80, host: 'a', list: [1, 2.5, 'x'], none: null })
const authorizer = authorizerValue(({ verb, resource, path }) => ({
  allowed: verb === 'get' && (resource === 'pods' || path === '/healthz'),
  reason: '',
}))
const variables = (name: string): Value | undefined => ({ self, any, authorizer })[name as 'self']

const run = (text: string) => evaluate(environment.compile(text), variables)
const value = (text: string) => {
  const result = toJson(run(text).value)
  return result
}

/** What compiling says. */
function problem(text: string): string {
  try {
    environment.compile(text)
  } catch (error) {
    if (error instanceof CompileError) return error.message
    throw error
  }
  throw new Error(`it compiles: ${text}`)
}

/** What running says. */
function fault(text: string): string {
  try {
    run(text)
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof CostLimitError) return error.message
    throw error
  }
  throw new Error(`it runs: ${text}`)
}

describe('the language', () => {
  test.each([
    ['1 + 2 * 3 - 4 / 2 % 3', 5],
    ['-(-9223372036854775808 + 1) > 0', true],
    ['1 < 2.5 && 2u > 1 && dyn(1) == 1.0', true],
    ['"a" + \'b\' + r"\\d" + """c\nd"""', 'ab\\dc\nd'],
    ['b"ab" == bytes("ab")', true],
    ['self.replicas > 1 ? self.name : "none"', 'web'],
    ['has(self.name) && !has(any.missing)', true],
    ['self.labels["app"] + self.labels.tier', 'webfront'],
    ['self.tags.all(t, t.size() == 1) && self.tags.exists(t, t == "a") && self.tags.exists_one(t, t == "b")', true],
    ['self.labels.map(k, self.labels[k])', ['web', 'front']],
    ['self.tags.map(t, t != "b", t + "!")', ['a!']],
    ['self.tags.filter(t, t > "a")', ['b']],
    ['self.tags.transformList(i, t, t + string(i))', ['b0', 'a1']],
    ['self.labels.transformMap(k, v, v != "web", v.upperAscii())', { tier: 'FRONT' }],
    ['self.labels.all(k, v, size(k) > 0 && size(v) > 0)', true],
    ['self.tags.sortBy(t, t)', ['a', 'b']],
    ['cel.bind(x, self.replicas * 2, x + x)', 12],
    ['any.?missing.orValue("none")', 'none'],
    ['any[?"port"].optMap(p, p + 1).value()', 81],
    ['[?any.?missing, 1]', [1]],
    ['{?"a": any.?missing, "b": 2}', { b: 2 }],
    ['optional.of(1).hasValue() && !optional.none().hasValue()', true],
    ['any.`port` == 80', true],
    ['type(any.port) == int && type(self.name) == string', true],
    ['timestamp("2024-03-01T10:00:00Z") - duration("24h") < timestamp("2024-03-01T00:00:00Z")', true],
    ['timestamp("2024-03-01T23:30:00Z").getHours("Asia/Shanghai")', 7],
    ['string(duration("90m")) + string(timestamp("2024-03-01T10:00:00.5Z"))', '5400s2024-03-01T10:00:00.5Z'],
    ['string(1000000.0) + " " + string(0.5)', '1e+06 0.5'],
    ['true || any.missing', true],
    ['any.missing == 1 || true', true],
    ['[1, 2, 3].exists(x, x / 0 == 1 || x == 2)', true],
  ])('%s', (text, wanted) => {
    expect(value(text)).toEqual(wanted)
  })

  test.each([
    ['any.missing', 'no such key: missing'],
    ['self.tags[7]', 'index out of bounds: 7'],
    ['any.port + "x"', 'no such overload'],
    ['any.port.startsWith("x")', 'no such overload: startsWith(int, string)'],
    ['1 / 0', 'division by zero'],
    ['9223372036854775807 + 1', 'integer overflow'],
    ['int("x")', "type conversion error from 'string' to 'int'"],
  ])('%s fails', (text, wanted) => {
    expect(fault(text)).toBe(wanted)
  })
})

describe('the libraries of Kubernetes', () => {
  test.each([
    ['[3, 1, 2].sum() + [3, 1, 2].min() + [3, 1, 2].max()', 10],
    ['[1, 2, 2].isSorted() && ["a", "b", "a"].indexOf("a") == 0 && ["a", "b", "a"].lastIndexOf("a") == 2', true],
    ['[1, 2, 3, 4].slice(1, 3) + lists.range(2) + [2, 1].sort() + [1, 1].distinct()', [2, 3, 0, 1, 1, 2, 1]],
    ['[[1], [2, 3]].flatten()', [1, 2, 3]],
    ['sets.contains([1, 2], [2]) && sets.equivalent([1, 2], [2, 1, 1]) && !sets.intersects([1], [2])', true],
    ['"web-12".find("[0-9]+") + "|" + "a1b2".findAll("[0-9]").join(",")', '12|1,2'],
    ['"abc".matches("^a.c$") && "a,b".split(",") == ["a", "b"] && "aaa".replace("a", "b", 2) == "bba"', true],
    ['"hello".substring(1, 3) + "hello".charAt(4) + " x ".trim() + "abc".upperAscii()', 'eloxABC'],
    ['"%s has %d of %.2f %x".format(["a", 3, 1.5, 255])', 'a has 3 of 1.50 ff'],
    ['"%s".format([[dyn("a"), 1]])', '["a", 1]'],
    ['quantity("1Gi").isGreaterThan(quantity("900Mi")) && isQuantity("100m") && !isQuantity("x")', true],
    ['quantity("1500m").asApproximateFloat() == 1.5 && quantity("2k").asInteger() == 2000 && sign(quantity("-1")) == -1', true],
    ['quantity("1").add(quantity("500m")).compareTo(quantity("1500m")) == 0 && quantity("3").sub(1) == quantity("2")', true],
    ['url("https://a.example:8080/p q?x=1&x=2").getPort() + url("https://[::1]:80/").getHostname()', '8080::1'],
    ['url("https://a/p?x=1&x=2").getQuery()["x"]', ['1', '2']],
    ['isURL("/path") && !isURL("nothing") && url("/with space").getEscapedPath() == "/with%20space"', true],
    ['ip("10.0.0.1").family() == 4 && ip("::1").isLoopback() && !isIP("10.0.0.256") && ip.isCanonical("2001:db8::1")', true],
    ['string(cidr("10.1.2.3/16").masked()) + " " + string(ip("2001:0DB8::0:1"))', '10.1.0.0/16 2001:db8::1'],
    ['cidr("10.0.0.0/8").containsIP("10.9.9.9") && !cidr("10.0.0.0/16").containsCIDR("10.0.0.0/8")', true],
    [
      'format.dns1123Label().validate("My_Name").hasValue() && !format.named("uuid").value().validate("123e4567-e89b-12d3-a456-426614174000").hasValue()',
      true,
    ],
    ['semver("1.2.3").isLessThan(semver("1.10.0")) && semver("v1.0", true).major() == 1 && !isSemver("1.0")', true],
    ['semver("1.0.0-alpha.1").compareTo(semver("1.0.0")) == -1', true],
    ['jsonpatch.escapeKey("a/b~c")', 'a~1b~0c'],
    ['authorizer.group("").resource("pods").namespace("shop").check("get").allowed()', true],
    [
      'authorizer.group("apps").resource("deployments").check("get").allowed() || authorizer.path("/healthz").check("get").allowed()',
      true,
    ],
  ])('%s', (text, wanted) => {
    expect(value(text)).toEqual(wanted)
  })
})

describe('what is wrong is told as cel-go does', () => {
  test.each([
    ['self.replica > 3', "ERROR: <input>:1:5: undefined field 'replica'\n | self.replica > 3\n | ....^"],
    [
      'self.replicas > "3"',
      "ERROR: <input>:1:15: found no matching overload for '_>_' applied to '(int, string)'\n | self.replicas > \"3\"\n | ..............^",
    ],
    ['other == 1', "ERROR: <input>:1:1: undeclared reference to 'other' (in container '')\n | other == 1\n | ^"],
    [
      'self.name.nothing()',
      "ERROR: <input>:1:18: undeclared reference to 'nothing' (in container '')\n | self.name.nothing()\n | .................^",
    ],
    [
      'self.name.startsWith(1)',
      "ERROR: <input>:1:21: found no matching overload for 'startsWith' applied to 'string.(int)'\n | self.name.startsWith(1)\n | ....................^",
    ],
    [
      'self.replicas.x',
      "ERROR: <input>:1:14: type 'int' does not support field selection\n | self.replicas.x\n | .............^",
    ],
    [
      'self.replicas.all(x, true)',
      "ERROR: <input>:1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)\n | self.replicas.all(x, true)\n | ....^",
    ],
    [
      'self.tags.all(t, t)',
      "ERROR: <input>:1:18: expected type 'bool' but found 'string'\n | self.tags.all(t, t)\n | .................^",
    ],
    ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
    [
      'self.replicas >',
      "ERROR: <input>:1:16: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | self.replicas >\n | ...............^",
    ],
    [
      'duration("x") > duration("1s")',
      'ERROR: <input>:1:10: invalid duration argument\n | duration("x") > duration("1s")\n | .........^',
    ],
    ['"a".matches("[")', 'ERROR: <input>:1:13: invalid matches argument\n | "a".matches("[")\n | ............^'],
  ])('%s', (text, wanted) => {
    expect(problem(text)).toBe(wanted)
  })

  test('types are inferred through generics', () => {
    const typeOf = (text: string) => formatType(environment.compile(text).type)
    expect(typeOf('self.tags.map(t, {t: [t.size()]})')).toBe('list(map(string, list(int)))')
    expect(typeOf('optional.of(self.replicas).orValue(1)')).toBe('int')
    expect(typeOf('any.x + any.y')).toBe('dyn')
    expect(typeOf('self.?name')).toBe('optional_type(string)')
  })
})

describe('costs', () => {
  test.each([
    ['self.replicas > 1', 3],
    ['has(self.name)', 1],
    ['self.tags.all(t, t == "x")', 8],
    ['self.name.startsWith("we")', 3],
    ['self.tags.map(t, t)', 29],
  ])('%s costs what it does upstream', (text, wanted) => {
    expect(run(text).cost).toBe(wanted)
  })

  test('an evaluation ends at its limit', () => {
    const loop = 'lists.range(1000).all(x, lists.range(1000).all(y, x + y >= 0))'
    expect(fault(loop)).toBe('operation cancelled: actual cost limit exceeded')
    const copies = 'lists.range(1000000).all(x, (lists.range(900000) + lists.range(900000)).size() > 0)'
    expect(fault(copies)).toBe('operation cancelled: actual cost limit exceeded')
  })

  test('the estimate goes by what the schema allows', () => {
    const estimate = (text: string) => estimateCost(environment.compile(text), new Map([['self', SELF]]))
    expect(estimate('self.replicas > 1')).toBe(3)
    expect(estimate('self.tags.all(t, t == "abcdefghijk")')).toBe(2 + 1 + 10 * (3 + 1 + 2))
    expect(estimate('self.tags.all(x, self.tags.all(y, x == y))')).toBeGreaterThan(10 * 10 * 5)
  })
})
