/** Which directives there are, where they may stand and with how many arguments; what of them has an effect here. */
import { at, type Directive } from './syntax.js'

/** Letters of the places: main, events, http, server, location, upstream, `if`. */
type Places = string

interface Known {
  places: Places
  least: number
  most: number
  isBlock: boolean
}

const MANY = Number.POSITIVE_INFINITY
/** `hsl 1-2`, `h 0 {}` */
function known(text: string): Known {
  const [places = '', counts = '', block] = text.split(' ')
  const [least = '0', most] = counts.split('-')
  const isOpen = counts.endsWith('+')
  return { places, least: Number.parseInt(least, 10), most: isOpen ? MANY : Number(most ?? least), isBlock: block === '{}' }
}

/** What the simulated nginx does. */
const WITH_EFFECT: Record<string, string> = {
  daemon: 'm 1',
  error_log: 'mhsl 1-2',
  events: 'm 0 {}',
  http: 'm 0 {}',
  upstream: 'h 1 {}',
  map: 'h 2 {}',
  types: 'hsl 0 {}',
  location: 'sl 1-2 {}',
  if: 'sl 1+ {}',
  listen: 's 1+',
  server_name: 's 1+',
  root: 'hsli 1',
  alias: 'l 1',
  index: 'hsl 1+',
  return: 'sli 1-2',
  rewrite: 'sli 2-3',
  set: 'sli 2',
  try_files: 'sl 2+',
  error_page: 'hsli 2+',
  internal: 'l 0',
  autoindex: 'hsl 1',
  allow: 'hsl 1',
  deny: 'hsl 1',
  proxy_pass: 'li 1',
  proxy_set_header: 'hsl 2',
  proxy_hide_header: 'hsl 1',
  proxy_connect_timeout: 'hsl 1',
  proxy_read_timeout: 'hsl 1',
  proxy_intercept_errors: 'hsl 1',
  add_header: 'hsli 2-3',
  default_type: 'hsl 1',
  charset: 'hsli 1',
  access_log: 'hsli 1+',
  log_format: 'h 2+',
  server_tokens: 'hsl 1',
  client_max_body_size: 'hsl 1',
  resolver: 'hsl 1+',
  stub_status: 'sl 0-1',
  ssl_certificate: 'hs 1',
  ssl_certificate_key: 'hs 1',
  ssl_protocols: 'hs 1+',
  ip_hash: 'u 0',
  least_conn: 'u 0',
  break: 'sli 0',
}

/** What tunes a real server, and shows in no answer. */
const TUNING =
  'user pid worker_processes worker_rlimit_nofile worker_cpu_affinity worker_shutdown_timeout worker_connections multi_accept use accept_mutex lock_file pcre_jit timer_resolution ' +
  'sendfile sendfile_max_chunk aio directio tcp_nopush tcp_nodelay keepalive_timeout keepalive_requests keepalive_time keepalive send_timeout reset_timedout_connection lingering_close lingering_time lingering_timeout ' +
  'types_hash_max_size types_hash_bucket_size server_names_hash_bucket_size server_names_hash_max_size variables_hash_max_size variables_hash_bucket_size map_hash_max_size map_hash_bucket_size ' +
  'client_body_buffer_size client_header_buffer_size large_client_header_buffers client_body_timeout client_header_timeout client_body_temp_path connection_pool_size request_pool_size output_buffers postpone_output ' +
  'open_file_cache open_file_cache_valid open_file_cache_min_uses open_file_cache_errors open_log_file_cache log_not_found log_subrequest resolver_timeout zone server_name_in_redirect port_in_redirect ' +
  'proxy_buffering proxy_buffer_size proxy_buffers proxy_busy_buffers_size proxy_request_buffering proxy_http_version proxy_send_timeout proxy_temp_path proxy_max_temp_file_size proxy_headers_hash_max_size proxy_headers_hash_bucket_size proxy_socket_keepalive ' +
  'fastcgi_temp_path uwsgi_temp_path scgi_temp_path http2 ssl_session_cache ssl_session_timeout ssl_session_tickets ssl_prefer_server_ciphers ssl_ciphers ssl_ecdh_curve ssl_dhparam ssl_buffer_size'

/** What nginx has and the simulated one does not: it says so in its log, and goes on without. */
const WITHOUT_EFFECT =
  'gzip gzip_types gzip_min_length gzip_comp_level gzip_vary gzip_proxied gzip_disable gzip_buffers gzip_http_version gzip_static gunzip ' +
  'limit_req limit_req_zone limit_req_status limit_req_log_level limit_conn limit_conn_zone limit_conn_status limit_rate limit_rate_after limit_except ' +
  'auth_basic auth_basic_user_file auth_request auth_request_set satisfy expires etag if_modified_since add_trailer sub_filter sub_filter_once sub_filter_types ' +
  'proxy_cache proxy_cache_path proxy_cache_key proxy_cache_valid proxy_cache_bypass proxy_cache_use_stale proxy_no_cache proxy_redirect proxy_next_upstream proxy_next_upstream_tries proxy_next_upstream_timeout proxy_pass_header proxy_ignore_headers proxy_method proxy_set_body proxy_bind proxy_cookie_path proxy_cookie_domain proxy_pass_request_headers proxy_pass_request_body ' +
  'proxy_ssl_verify proxy_ssl_trusted_certificate proxy_ssl_certificate proxy_ssl_certificate_key proxy_ssl_server_name proxy_ssl_name proxy_ssl_session_reuse proxy_ssl_protocols ' +
  'fastcgi_pass fastcgi_index fastcgi_param fastcgi_split_path_info fastcgi_buffers fastcgi_buffer_size fastcgi_read_timeout uwsgi_pass uwsgi_param scgi_pass grpc_pass grpc_set_header memcached_pass ' +
  'geo split_clients stream mail load_module env working_directory debug_connection real_ip_header set_real_ip_from real_ip_recursive random_index mirror slice dav_methods dav_access create_full_put_path secure_link valid_referers ' +
  'ssl_verify_client ssl_client_certificate ssl_trusted_certificate ssl_stapling ssl_stapling_verify ssl_early_data ssl_password_file ssl_conf_command ssl_reject_handshake recursive_error_pages absolute_redirect merge_slashes underscores_in_headers ignore_invalid_headers ' +
  'autoindex_exact_size autoindex_localtime autoindex_format charset_types override_charset source_charset rewrite_log uninitialized_variable_warn msie_padding max_ranges chunked_transfer_encoding error_log_format random hash resolver_file max_errors server_tokens_build http3 quic_retry perl perl_set image_filter xslt_stylesheet'

const names = (text: string): Set<string> => new Set(text.split(' '))
const [tuning, withoutEffect] = [names(TUNING), names(WITHOUT_EFFECT)]
const table = new Map(Object.entries(WITH_EFFECT).map(([name, text]) => [name, known(text)]))

/** `server` is a block in http and a line in an upstream. */
const SERVER: Record<string, Known> = { h: known('h 0 {}'), u: known('u 1+') }

/** What stands in a block is read by itself: rows of words. */
const ROWS = ['types', 'map', 'geo', 'split_clients']
const INNER: Record<string, string> = { events: 'e', http: 'h', server: 's', location: 'l', upstream: 'u', if: 'i' }

/**
 * Looks at each directive as nginx does when it reads it.
 * @param warn is told of what has no effect
 * @throws EmergencyError
 */
export function validate(directives: Directive[], place: string, warn: (text: string) => void): void {
  for (const directive of directives) {
    const { name } = directive
    if (tuning.has(name)) continue
    if (withoutEffect.has(name)) {
      warn(`"${name}" has no effect in the simulated nginx in ${directive.file}:${directive.line}`)
      continue
    }
    mind(directive, place)
    if (directive.block && !ROWS.includes(name)) validate(directive.block, INNER[name] ?? place, warn)
  }
}

/** @throws EmergencyError */
function mind(directive: Directive, place: string): void {
  const { name, args, block } = directive
  const rule = name === 'server' ? (SERVER[place] ?? SERVER.h) : table.get(name)
  if (!rule) throw at(`unknown directive "${name}"`, directive)
  if (!rule.places.includes(place)) throw at(`"${name}" directive is not allowed here`, directive)
  if (rule.isBlock && !block) throw at(`directive "${name}" has no opening "{"`, directive)
  if (!rule.isBlock && block) throw at(`directive "${name}" is not terminated by ";"`, directive)
  if (args.length < rule.least || args.length > rule.most)
    throw at(`invalid number of arguments in "${name}" directive`, directive)
}
