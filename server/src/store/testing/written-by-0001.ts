/**
 * What version 0.1.0 left in a database whose newest migration was 0001: never edited, so that every later version is tried on it.
 * Plain SQL, because tomorrow's repositories write tomorrow's rows.
 */
export const NEWEST_MIGRATION = '0001-first-tables'

export const STATEMENTS: readonly string[] = [
  `insert into learners (id, name, role, language, created_at_ms) values
    ('owner12345', 'owner', 'owner', null, 1800000000000),
    ('learner123', 'Ada 艾达', 'learner', 'zh', 1800000000001)`,
  `insert into sessions (id_hash, learner_id, created_at_ms, last_used_at_ms, expires_at_ms) values
    ('session-hash', 'learner123', 1800000000000, 1800000000000, 9900000000000)`,
  `insert into environments (id, learner_id, lab_id, engine, shape, spec, wanted, phase, state, machines, keep_on_failure, server_id,
      lease_until_ms, created_at_ms, queued_at_ms, phase_since_ms, last_activity_at_ms, expires_at_ms) values
    ('env1234567', 'learner123', 'deploy-rollback', 'kind', 'main v1.36 1+1',
     '{"id":"env1234567","clusters":[{"name":"main","kubernetes":"v1.36","controlPlanes":1,"workers":1,"bareNodes":0,"cni":"default","addons":[]}],"images":["nginx:1.28"]}',
     'stopped', 'stopped', '{"phase":"stopped","reason":"idle"}', '[{"name":"base","role":"base"}]', 0, 'install123',
     1800000000000, 1800000000000, 1800000000000, 1800000000000, 1800000000000, 1800600000000)`,
  `insert into attempts (id, learner_id, lab_id, environment_id, step, content_version, started_at_ms, last_seen_at_ms, finished_at_ms,
      points, max_points) values
    ('attempt123', 'learner123', 'deploy-rollback', 'env1234567', 'look-around', 'v1', 1800000000000, 1800000000500, null, 3, 10)`,
  `insert into attempt_tasks (attempt_id, task_id, position, setup, setup_error, baseline, params, check_requested_at_ms,
      latest_verdict_id, passed_at_ms, best_points) values
    ('attempt123', 'roll-back', 0, 'done', null, '{"uids":{}}', '{}', null, 'verdict123', null, 3),
    ('attempt123', 'explain-history', 1, 'failed', '{"code":"SETUP_FAILED","values":{}}', null, '{}', 1800000000400, null, null, 0)`,
  `insert into verdicts (id, attempt_id, task_id, learner_id, lab_id, content_version, source, status, points, max_points, body,
      graded_at_ms) values
    ('verdict123', 'attempt123', 'roll-back', 'learner123', 'deploy-rollback', 'v1', 'button', 'failed', 3, 5,
     '{"task":"roll-back","contentVersion":"v1","status":"failed","points":3,"maxPoints":5,"checks":[],"notGradable":[],"gradedAtMs":1800000000300,"tookMs":40}',
     1800000000300)`,
  `insert into reveals (attempt_id, task_id, reveal, revealed_at_ms) values ('attempt123', 'roll-back', 'hint-1', 1800000000200)`,
  `insert into timings (id, engine, shape, step, took_ms, ended_at_ms) values
    ('timing1234', 'kind', 'main v1.36 1+1', 'total', 31000, 1800000000000)`,
  `insert into terminals (id, environment_id, machine, user_name, title, created_at_ms, ended_at_ms) values
    ('terminal12', 'env1234567', 'base', 'candidate', 'base', 1800000000000, null)`,
]
