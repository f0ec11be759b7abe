import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NetworkCluster, networkCluster } from '../../../network/testing.js'

describe('nc', () => {
  let net: NetworkCluster
  let address = ''
  beforeAll(async () => {
    net = await networkCluster()
    for (const name of ['caller', 'peer']) await net.caller(name)
    address = (await net.client.get('Pod', 'default/peer')).status?.podIP ?? ''
  })
  afterAll(async () => {
    await net.close()
    expect(net.errors).toEqual([])
  })
  /** What each side prints: the one that listens in Pod `peer`, and the one that calls it, written `PEER`. */
  const talk = async (listening: string, calling: string, seconds = 1) => {
    const there = net.run('peer', listening, 0)
    await net.pass(0)
    const here = await net.run('caller', calling.replaceAll('PEER', address), seconds)
    return { here, there: await there }
  }
  const call = (line: string, seconds = 1) => net.run('caller', line.replaceAll('PEER', address), seconds)

  test('says nothing of a closed port, with one -v of what is lost, with two of all', async () => {
    expect(await call('nc -z -w 2 PEER 81')).toEqual({ stdout: '', stderr: '', code: 1 })
    expect(await call('nc -zv PEER 81')).toEqual({ stdout: '', stderr: '', code: 1 })
    expect((await call('nc -zvv PEER 81')).stderr).toBe(`nc: ${address} (${address}:81): Connection refused\nsent 0, rcvd 0\n`)
    const lost = '10.244.9.9'
    expect(await call(`nc -z -w 1 ${lost} 81`, 2)).toEqual({ stdout: '', stderr: '', code: 1 })
    expect((await call(`nc -zv -w 1 ${lost} 81`, 2)).stderr).toBe(`nc: ${lost} (${lost}:81): Connection timed out\n`)
    expect((await call('nc -z nobody 81')).stderr).toBe("nc: bad address 'nobody'\n")
    expect((await call('nc -z PEER 80-90')).stderr).toBe("nc: bad port '80-90'\n")
  })

  test('both sides have what the other says, and end together', async () => {
    const { here, there } = await talk('echo pong | nc -l -p 5000', 'echo ping | nc PEER 5000')
    expect(here).toEqual({ stdout: 'pong\n', stderr: '', code: 0 })
    expect(there).toEqual({ stdout: 'ping\n', stderr: '', code: 0 })
  })

  test('without input on the other side nothing of ours is lost', async () => {
    const { here, there } = await talk('nc -lvp 5000', 'seq 3 | nc PEER 5000')
    expect(here.code).toBe(0)
    expect(there.stdout).toBe('1\n2\n3\n')
    expect(there.stderr).toMatch(
      new RegExp(
        `^listening on \\[::\\]:5000 ...\nconnect to \\[::ffff:${address}\\]:5000 from \\[::ffff:10.244.\\d.\\d+\\]:\\d+ `,
      ),
    )
  })

  test('-w ends what is silent, on either side', async () => {
    const { here, there } = await talk('nc -l -p 5000 -e sleep 100 & sleep 4', 'echo hi | nc -w 1 PEER 5000; echo $?', 5)
    expect(here.stdout).toBe('0\n')
    expect(there.code).toBe(0)
    expect(await net.run('peer', 'nc -l -w 1 -p 5001', 2)).toEqual({ stdout: '', stderr: 'nc: timeout\n', code: 1 })
  })

  test('-lk -e serves several at once; without a program the first is the last', async () => {
    const served = net.run('peer', "timeout 20 nc -lk -p 5002 -e sh -c 'read word; echo got $word'", 0)
    await net.pass(0)
    const lines = await call('(sleep 2; echo late) | nc PEER 5002 & echo early | nc PEER 5002; wait', 3)
    expect(lines.stdout).toBe('got early\ngot late\n')
    await net.pass(20)
    await served
    const { here } = await talk('nc -lk -p 5003', 'echo one | nc PEER 5003; nc -z PEER 5003; echo $?')
    expect(here.stdout).toBe('1\n')
  })

  test('a port that is taken is told of', async () => {
    const { there } = await talk('nc -l -p 5004 & sleep 0.1; nc -l -p 5004; kill %1', 'true')
    expect(there.stderr).toContain('nc: bind: Address already in use\n')
  })

  test('datagrams go both ways, line by line', async () => {
    const { here, there } = await talk(
      'echo pong | timeout 5 nc -lu -p 5005',
      '(echo one; sleep 1; echo two) | nc -u -w 1 PEER 5005',
      6,
    )
    expect(here).toMatchObject({ stdout: 'pong\n', code: 0 })
    expect(there.stdout).toBe('one\ntwo\n')
    const echo = await talk('timeout 5 nc -lu -p 5006 -e cat', '(echo one; sleep 1; echo two) | nc -u -w 1 PEER 5006', 6)
    expect(echo.here.stdout).toBe('one\ntwo\n')
    expect((await call('nc -zu PEER 5007')).code).toBe(1)
  })

  test('what never ends, between two Pods, leaves time for others', async () => {
    const echoing = net.run('peer', 'timeout 5 nc -lk -p 5008 -e cat', 0)
    await net.pass(0)
    const calling = net.run('caller', `timeout 5 nc ${address} 5008 -e sh -c 'echo round; exec cat'`, 0)
    expect((await net.run('caller', 'echo still here')).stdout).toBe('still here\n')
    await net.pass(6)
    await Promise.all([echoing, calling])
  })
})
